"`songae` as a shell runs it: exit codes, messages instead of tracebacks, JSON for programs."
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import sysconfig
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf

from songae import SongMatcher, cli
from songae.audio import mp3
from songae.encoders import MissingExtra

SONGAE = shutil.which('songae', path=os.pathsep.join([str(Path(sys.executable).parent), sysconfig.get_path('scripts')])) or 'songae'


def songae(*args, cwd, code=0, **env):
    env = os.environ | dict(XDG_CACHE_HOME=str(cwd/'cache'), COLUMNS='100', NO_COLOR='1') | env
    p = subprocess.run([SONGAE, *map(str, args)], cwd=cwd, env=env, capture_output=True, text=True, encoding='utf-8')
    assert p.returncode == code, p.stdout + p.stderr
    assert 'Traceback' not in p.stderr
    return p


@pytest.fixture(scope='module')
def fitted(music, tmp_path_factory):
    cwd = tmp_path_factory.mktemp('cli')
    folder = shutil.copytree(music, cwd/'music')
    (folder/'broken.mp3').write_text('no song')
    p = songae('fit', 'music', '--encoder', 'simple', '--epochs', 1, cwd=cwd)
    assert '8 songs, loss 0.69' in p.stdout and 'broken.mp3: not audio' in p.stderr and p.stderr.count('padded with') == 8
    return cwd


def test_match(fitted, music):
    unheard = music.parent/'unheard.flac'
    rows = json.loads(songae('match', unheard, '-k', 3, '--json', cwd=fitted).stdout)
    assert len(rows) == 3 and set(rows[0]) == {'path', 'title', 'artist', 'distance'}
    assert [r['distance'] for r in rows] == sorted(r['distance'] for r in rows)
    p = songae('match', unheard, '-k', 3, '--plot', 'match.png', cwd=fitted)
    assert rows[0]['title'] in p.stdout and (fitted/'match.png').read_bytes().startswith(b'\x89PNG')


def test_add_songs_info(fitted, music):
    shutil.copytree(fitted/'my.songae', fitted/'other.songae', ignore=shutil.ignore_patterns('*-wal', '*-shm'))
    env = dict(SONGAE_MATCHER='other.songae')
    assert '1 songs added, 9 in other.songae' in songae('add', music.parent/'unheard.flac', 'music', cwd=fitted, **env).stdout
    assert '0 songs added' in songae('add', 'music', cwd=fitted, **env).stdout
    assert len(json.loads(songae('songs', '--json', cwd=fitted, **env).stdout)) == 9
    assert 'unheard' in songae('songs', cwd=fitted, **env).stdout
    info = json.loads(songae('info', '--json', cwd=fitted, **env).stdout)
    assert info['songs'] == 9 and info['encoder'] == 'simple' and info['trained_epochs'] == 1 and info['loss'] < .7
    assert 'simple' in songae('info', cwd=fitted).stdout


def test_explain_and_the_model_card(fitted, music):
    assert '8 songs' in songae('fit', 'music', '-m', 'patches.songae', cwd=fitted).stdout
    pair = sorted((fitted/'music').glob('*.flac'))[:2]
    said = songae('explain', *pair, '-m', 'patches.songae', cwd=fitted).stdout
    assert 'They ' in said and '0:0' in said
    why = json.loads(songae('explain', *pair, '-m', 'patches.songae', '-n', 1, '--json', cwd=fitted).stdout)
    assert len(why['passages']) == 1 and set(why['parts']) == {'timbre', 'rhythm', 'harmony'}
    refused = songae('explain', *pair, cwd=fitted, code=1)      # a matcher of the paper's
    assert 'only the encoder patches can say why' in refused.stderr
    card = json.loads(songae('info', '-m', 'patches.songae', '--json', cwd=fitted).stdout)['card']
    assert card['songs'] == 8 and card['features'] == 'patches-3'
    shown = songae('info', '-m', 'patches.songae', cwd=fitted).stdout
    assert 'Not tested on' in shown and 'learned  ' in shown


@pytest.fixture(scope='module')
def played(fitted):
    "A library of its own and a log of what was played."
    from songae import SongMatcher
    from songae.sessions import Listener
    songae('sync', 'music', '-m', 'played.songae', cwd=fitted, code=3)
    m = SongMatcher.load(fitted/'played.songae')
    rows = [(m.songs_.title.iloc[p.song], int(p.time)) for p in Listener(m.codes_, moods=3).draw(300).itertuples()]
    lines = [f'tests\t\t{title}\t\t4\tL\t{when}\t' for title, when in [*rows, ('nowhere', 1_600_000_000)]]
    (fitted/'x.log').write_text('#AUDIOSCROBBLER/1.1\n#TZ/UTC\n' + '\n'.join(lines))
    return fitted


def test_history(played):
    env = dict(SONGAE_MATCHER='played.songae')
    def say(*args, **more): return songae(*args, cwd=played, **env, **more)
    assert json.loads(say('history', 'show', '--json').stdout)['plays'] == 0
    assert 'no session of two songs' in say('history', 'learn', code=1).stderr
    (played/'empty.csv').write_text('')
    p = say('history', 'import', 'empty.csv', 'x.log', 'gone.csv', code=1)
    assert 'empty.csv: empty' in p.stderr and 'gone.csv: cannot be read' in p.stderr and 'tests - nowhere, 1 times' in p.stderr
    assert re.search(r'scrobbler.log, (3\d\d) rows, \1 new plays', p.stdout) and 'not there: 1' in p.stdout
    assert '0 new plays' in say('history', 'import', 'x.log').stdout
    song = sorted((played/'music').glob('*.flac'))[0]
    assert 'by sound alone' in say('next', song).stderr
    about = json.loads(say('history', 'learn', '--json').stdout)
    assert set(about['weights']) == {'content', 'V-SKNN', 'ALS', 'GRU'} and 'weights: content' in say('history', 'learn').stdout
    shown = say('history', 'show').stdout
    assert 'sessions' in shown and 'learned weights' in shown and 'not in library        1' in shown
    answer = json.loads(say('next', song, '-k', 3, '--json').stdout)
    assert answer['by'] == 'listening' and len(answer['songs']) == 3 and 'by what was played' in say('next', song).stderr
    assert say('history', 'forget', code=1).returncode == 1 and (played/'played.songae'/'history.db').exists()
    assert 'forgotten' in say('history', 'forget', '--yes').stdout and not (played/'played.songae'/'history.db').exists()


@pytest.mark.parametrize('history', ['x.log', 'shuffled'])
def test_evaluate_a_history(played, history):
    p = songae('evaluate', '--history', history, '-m', 'played.songae', '-k', 3, cwd=played)
    lines = p.stdout.splitlines()
    assert lines[0].split()[:5] == ['model', 'HR@3', 'MRR@3', 'coverage', 'new'] and lines[1].startswith('chance')
    assert [l.split()[0] for l in lines[2:10]] == ['popularity', 'content', 'item-kNN', 'Markov', 'V-SKNN', 'ALS', 'GRU', 'fusion']
    assert 'sessions, the last fifth asked about' in lines[-1] and not (played/'played.songae'/'history.db').exists()


def test_votes(played):
    env = os.environ | dict(COLUMNS='100', NO_COLOR='1', XDG_CACHE_HOME=str(played/'cache'))
    p = subprocess.run([SONGAE, 'history', 'vote', '-m', 'played.songae'], input='1\ns\n3\nq\n', cwd=played, env=env, capture_output=True, text=True)
    assert p.returncode == 0 and '2 answers kept' in p.stdout and p.stdout.count('does not belong?') == 4
    from songae.history import History
    assert len(History(played/'played.songae').db.rows('select * from votes')) == 4
    (played/'played.songae'/'history.db').unlink()


@pytest.mark.parametrize('args, code, words', [
    (['evaluate', '--history', 'gone.csv'], 1, 'gone.csv: cannot be read'),
    (['evaluate', '--history', 'own'], 1, '0 sessions of two songs or more: too few'),
    (['evaluate'], 1, 'name a folder of songs, or a history'),
    (['history', 'import', 'x.csv', '-m', 'nowhere'], 1, 'nowhere: not a saved matcher'),
    (['next', 'gone.wav'], 1, 'gone.wav: no such file'),
    (['match', 'gone.wav'], 1, 'gone.wav: no such file'),
    (['match', 'music/broken.mp3'], 1, 'broken.mp3: not audio'),
    (['match', 'x.wav', '-m', 'nowhere'], 1, 'nowhere: not a saved matcher'),
    (['add', 'music/broken.mp3'], 1, '0 songs added'),
    (['fit', 'gone'], 1, 'gone: no such file'),
    (['fit', 'music', '--encoder', 'deeper'], 1, 'encoder must be one of'),
    (['demo', '--model', 'patches'], 1, 'model must be one of simple, sparse, deep, conv'),
    (['fit', 'music', '--epochs', '3'], 1, "--epochs and --seed are for the paper's encoders, not for patches"),
    (['match'], 2, 'Missing argument'),
    (['match', 'x.wav', '-k', '0'], 2, "'-k'"),
    (['demo', '--songs', 'gone'], 1, 'gone: no such folder'),
    (['evaluate', 'gone'], 1, 'gone: no such folder'),
    (['evaluate', 'music', '--by', 'mood'], 1, "tags have no 'mood'; they have artist, album and genre"),
    (['evaluate', 'music', '--by', 'genre'], 1, 'music: no two songs share genre, so there is nothing to ask'),
    (['evaluate', 'music', '--filter', 'artist'], 1, '--filter artist would take out all songs of the same artist'),
    (['evaluate', 'music', '--filter', 'mood'], 1, '--filter mood: there is artist and album to filter by'),
    (['evaluate', 'music', '--labels', 'gone.csv'], 1, 'gone.csv: no such file'),
    (['evaluate', 'music', '-m', 'nowhere'], 1, 'nowhere: not a saved matcher'),
    (['evaluate', 'music', '-k', '0'], 2, "'-k'"),
    (['fly'], 2, 'No such command'),
])
def test_errors_are_sentences(fitted, args, code, words):
    p = songae(*args, cwd=fitted, code=code)
    assert words in (p.stderr + p.stdout).replace('\n', ' ')


def test_evaluate_names_the_columns_there_are(fitted):
    p = songae('evaluate', 'music', '--labels', table(fitted, 'styles.csv'), '--by', 'mood', cwd=fitted, code=1)
    assert p.stderr.strip() == "songae: styles.csv: no column 'mood'; it has path, style, album" and not p.stdout


def test_help_shows_examples(tmp_path):
    text = songae('--help', cwd=tmp_path).stdout
    for command in 'fit', 'add', 'match', 'songs', 'info', 'evaluate', 'demo', 'next', 'history':
        assert command in text and 'Example' in songae(command, '--help', cwd=tmp_path).stdout
    assert 'Usage: songae' in text and 'Usage: songae' in songae(cwd=tmp_path, code=2).stdout


def table(fitted, name='labels.csv', more=''):
    rows = [f'{p.name},{p.stem[:-2]},{i % 3}' for i, p in enumerate(sorted((fitted/'music').glob('*.flac')))]
    (fitted/name).write_text('path,style,album\n' + '\n'.join(rows) + '\n' + more)
    return name


def test_evaluate(fitted):
    labels = table(fitted, more=''.join(f'gone {i}.mp3,rock,1\n' for i in range(7)))
    shutil.copy(fitted/'music'/'broken.mp3', fitted/'music'/'also broken.mp3')
    p = songae('evaluate', 'music', '--labels', labels, '--by', 'style', '-k', 3, cwd=fitted)
    (fitted/'music'/'also broken.mp3').unlink()
    lines = p.stdout.splitlines()
    assert lines[0].split()[:5] == ['method', 'P@1', 'MAP', 'new', 'P@1'] and [l.split()[0] for l in lines[1:4]] == ['chance', 'MFCC', 'PCA']
    assert '0.14' in lines[1] and '–' in lines[2] and lines[-1] == '8 songs, 8 queries, 0 whose label stands alone'
    assert '7 rows of the table without a song, the first five:' in p.stderr and 'gone 4.mp3' in p.stderr and 'gone 5.mp3' not in p.stderr
    assert '2 songs without style' in p.stderr and '2 files left out' in p.stderr and 'broken.mp3: not audio' in p.stderr


def test_evaluate_for_programs(fitted):
    args = 'evaluate', 'music', '--labels', table(fitted), '--by', 'style', '--filter', 'album', '--json', '-m', 'my.songae'
    answer = json.loads(songae(*args, cwd=fitted).stdout)
    assert [m['method'] for m in answer['methods']] == ['chance', 'this matcher', 'MFCC', 'PCA', 'untrained'] and answer['queries'] + answer['singletons'] == 8
    assert all(0 <= m['P@1'] <= 1 and m['error'] == '' for m in answer['methods']) and answer['methods'][0]['skew'] is None
    assert [Path(f['path']).name for f in answer['failed']] == ['broken.mp3'] and answer['missing'] == []


def test_evaluate_by_tags_with_robustness(fitted):
    p = songae('evaluate', 'music', '--robust', cwd=fitted)         # all songs are of one artist, and so any answer is right
    assert '64 kbit/s MP3' in p.stdout and '1.00 (1.00–1.00)' in p.stdout and '1 files left out' in p.stderr


def test_demo_with_own_songs(fitted, music):
    folder = fitted/'own'
    for p in music.glob('*.flac'):
        (folder/p.stem[:-2]).mkdir(parents=True, exist_ok=True); shutil.copy(p, folder/p.stem[:-2])
    p = songae('demo', '--songs', 'own', '--model', 'simple', '--epochs', 1, '--out', 'pictures', '-m', 'own.songae', cwd=fitted)
    assert '7 songs, from own' in p.stdout and 'What sounds like' in p.stdout
    answers = re.findall(r'^  (SongMatcher\(\)|the paper\'s simple) .*\((right|wrong): ', p.stdout, re.M)
    assert [name for name, _ in answers] == ['SongMatcher()', "the paper's simple"]
    for method in 'chance', 'loudness alone', 'PCA of the samples', 'untrained features', "the paper's simple", 'SongMatcher()':
        assert re.search(rf'^  {re.escape(method)} +[\d.]+ +of 7$', p.stdout, re.M)
    for name in 'losses', 'songs', 'match': assert (fitted/'pictures'/f'{name}.png').stat().st_size > 10_000
    for saved, encoder in ('own.songae', 'patches'), ('own-paper.songae', 'simple'):
        info = json.loads(songae('info', '-m', saved, '--json', cwd=fitted).stdout)
        assert info['songs'] == 7 and info['encoder'] == encoder


def test_fit_refuses_before_it_makes_a_folder(fitted):
    songae('fit', 'music', '--encoder', 'deeper', '-m', 'deep/er.songae', cwd=fitted, code=1)
    assert not (fitted/'deep').exists()


@pytest.mark.parametrize('there, extra, made', [
    ([], True, True), (['demo'], True, True), (['demo', 'demo-paper'], True, False), (['demo'], False, False), ([], False, True)])
def test_the_app_makes_what_is_missing(fitted, tmp_path, monkeypatch, there, extra, made):
    calls = []
    def require_paper():
        if not extra: raise MissingExtra('not here')
    monkeypatch.setattr('songae.app.user_cache_path', lambda *_: tmp_path)
    monkeypatch.setattr('songae.encoders.require_paper', require_paper)
    monkeypatch.setattr(cli, 'demo', lambda **options: calls.append(options))
    monkeypatch.setattr(cli, '_show_page', lambda *_: None)
    monkeypatch.setenv('SONGAE_MATCHER', 'elsewhere')
    monkeypatch.setenv('SONGAE_LIMIT', '200')
    for name in there: shutil.copytree(fitted/'my.songae', tmp_path/f'{name}.songae')
    cli.open_app(browser=False)
    assert calls == ([dict(out=tmp_path, matcher=tmp_path/'demo.songae')] if made else [])
    assert 'SONGAE_MATCHER' not in os.environ


def said(stderr):
    "The lines of the error stream without progress bars."
    lines = stderr.replace('\r', '\n').splitlines()
    return [line for line in lines if line.strip() and not re.search(r'\d+%\|.*\d+/\d+ \[', line)]


@pytest.fixture(scope='module')
def damaged(music, tmp_path_factory):
    "MP3s with damaged frames, which are read nevertheless."
    folder = tmp_path_factory.mktemp('damaged')
    for i, flac in enumerate(sorted(music.glob('*.flac'))[:4]):
        data = bytearray(mp3(*sf.read(flac)))
        for at in np.random.default_rng(i).integers(len(data)//4, 3*len(data)//4, 40): data[at] ^= 0xff
        (folder/f'{flac.stem}.mp3').write_bytes(data)
    return folder


@pytest.mark.parametrize('options', [(), ('--encoder', 'deep', '--epochs', 1)])
def test_nothing_else_is_said(damaged, tmp_path, options):
    p = songae('fit', damaged, *options, cwd=tmp_path, MPLCONFIGDIR=str(tmp_path/'matplotlib'))
    assert [line for line in said(p.stderr) if not line.startswith('padded with ')] == []
    assert '4/4' in p.stderr and p.stdout.count('\n') == 1
    song = next(damaged.glob('*.mp3'))
    p = songae('match', song, '--plot', 'match.png', cwd=tmp_path, MPLCONFIGDIR=str(tmp_path/'matplotlib'))
    assert said(p.stderr) == ['wrote match.png']


def test_what_native_code_says_is_dropped():
    code = 'import os, sys; from songae.cli import _mute_libraries; _mute_libraries(); os.write(2, b"noise"); print("words", file=sys.stderr)'
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert p.returncode == 0 and p.stderr == 'words\n'


def test_crashes_are_reported(tmp_path):
    code = 'from songae.cli import _mute_libraries; import faulthandler; _mute_libraries(); faulthandler._sigabrt()'
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert p.returncode and 'most recent call first' in p.stderr


@pytest.mark.skipif(sys.platform == 'win32', reason='no SIGINT for others')
def test_interrupted(music, tmp_path):
    "Training would go on for long: the usual epochs are over at about the time of the first checkpoint, half a minute."
    env = os.environ | dict(XDG_CACHE_HOME=str(tmp_path/'cache'))
    p = subprocess.Popen([SONGAE, 'fit', str(music), '--encoder', 'simple', '--epochs', '9999'], cwd=tmp_path, env=env, stderr=subprocess.PIPE, text=True)
    for _ in range(1200):
        if list((tmp_path/'cache').rglob('*.checkpoint')): break
        assert p.poll() is None; time.sleep(.1)
    p.send_signal(signal.SIGINT)
    error = p.communicate(timeout=60)[1]
    assert p.returncode == 130 and 'interrupted' in error and 'Traceback' not in error and not (tmp_path/'my.songae').exists()


def test_the_demo_takes_the_place_of_an_older_one(tmp_path):
    "What an older songae left in the cache gives way; in a place of the user's own it is named before any work."
    import songae.cli as cli
    from songae import Library
    from songae.catalog import CatalogError
    from songae.storage import check_target
    folder = tmp_path/'demo.songae'
    db = Library(folder).db
    db.execute('pragma user_version = 1')
    db.close()
    with pytest.raises(CatalogError, match='older songae'): check_target(folder)
    assert cli._emptied(folder) == folder and not folder.exists()


def test_play_asks_like_python(fitted, tmp_path):
    songs, free = sorted(map(str, (fitted/'music').glob('*.flac'))), ('--by-artist', 0, '--by-album', 0)
    m = SongMatcher.load(fitted/'my.songae')
    def rows(*args): return json.loads(songae('play', *args, '--json', cwd=fitted).stdout)
    found = rows(songs[0], '--unlike', songs[4], '-k', 3, *free)
    assert [r['path'] for r in found] == list(m.query(songs[0], songs[4], k=3, by_artist=0, by_album=0).index) and found[0]['duration'] == 4
    n = len(m.songs_)
    assert len(rows(songs[0], '--by-artist', 2)) == 2 and len(rows(songs[0])) == len(rows(songs[0], *free)) == n - 1
    assert 'no song is left' in songae('play', 'artist:tests', '-o', '-', cwd=fitted, code=1).stderr
    text = songae('play', songs[0], '--where', 'title=*0', '--where', 'title=*1', '-o', '-', *free, cwd=fitted).stdout
    assert text.startswith('#EXTM3U\n#EXTINF:4,tests - ') and text.count(str(fitted/'music')) == len(text.splitlines())//2 >= 6
    p = songae('play', songs[0], '--to', songs[-1], '-k', 2, *free, '-o', tmp_path/'x.xspf', cwd=fitted)
    assert 'wrote' in p.stderr and (tmp_path/'x.xspf').read_text().count('<track>') == 4


def test_a_question_that_is_kept(fitted, tmp_path):
    song, file = sorted((fitted/'music').glob('*.flac'))[0], tmp_path/'evening.m3u8'
    p = songae('play', song, '--variety', .5, '--seed', 3, '-o', file, '--keep', 'evening', cwd=fitted)
    assert 'kept:  songae play evening' in p.stderr
    before = file.read_text()
    file.unlink()
    songae('play', 'evening', cwd=fitted)
    assert file.read_text() == before
    told = songae('play', cwd=fitted).stdout
    assert 'evening' in told and str(file) in told and '"variety": 0.5' in told
    assert 'ask it alone' in songae('play', 'evening', '-k', 3, cwd=fitted, code=1).stderr
    songae('play', '--forget', 'evening', cwd=fitted)
    assert 'no question of this name' in songae('play', '--forget', 'evening', cwd=fitted, code=1).stderr
    assert songae('play', 'evening', cwd=fitted, code=1).stderr.startswith('songae: ')
    assert 'name a seed' in songae('play', cwd=fitted, code=1).stderr


@pytest.mark.parametrize('args, said', [
    (['play', 'SONG', '--where', 'rock'], 'column=value'), (['play', 'SONG', '--order', 'up'], 'order: '), (['play', 'nobody.mp3'], 'nobody.mp3'),
    (['play', 'SONG', '-o', 'x.doc'], 'a playlist ends in'), (['play', 'SONG', '--by', 'listening'], 'nothing was learned'), (['play', 'album:none'], 'has this album')])
def test_what_play_cannot_do_is_a_sentence(fitted, args, said):
    song = sorted((fitted/'music').glob('*.flac'))[0]
    p = songae(*[song if a == 'SONG' else a for a in args], cwd=fitted, code=1)
    assert said in p.stderr and p.stderr.count('\n') == 1 and p.stderr.startswith('songae: ')
