"A library under everything that people have: the cases of real bug reports, moves and retags, kills, locks, full disks."
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import mutagen
import numpy as np
import pytest
import soundfile as sf
from conftest import python, write
from test_cli import songae as shell

from songae import Library, SongMatcher, catalog
from songae.audio import SAMPLE_RATE, facts
from songae.catalog import CatalogError
from songae.demo import STYLES, make_song
from songae.matcher import MatcherError
from songae.reading import on_dask

STYLE = list(STYLES)


@pytest.fixture(scope='module')
def shelf(tmp_path_factory):
    "Ten short songs in two folders; do not change them."
    folder = tmp_path_factory.mktemp('shelf')
    for i in range(10):
        place = folder/('a' if i < 5 else 'b')
        place.mkdir(exist_ok=True)
        write(place/f'{i}.flac', make_song(STYLE[i//2], i % 2, seconds=3), title=f'song {i}', artist='tests')
    return folder


@pytest.fixture
def music(shelf, tmp_path): return Path(shutil.copytree(shelf, tmp_path/'music'))


@pytest.fixture(scope='module')
def synced(shelf, tmp_path_factory):
    "A library of songs at `tmp/music`, which tests put there."
    place = tmp_path_factory.mktemp('synced')
    shutil.copytree(shelf, place/'music')
    Library(place/'my.songae').sync(place/'music', progress=False)
    return place


@pytest.fixture
def place(synced, tmp_path):
    "A folder with a library and its music, to be changed."
    shutil.copytree(synced/'music', tmp_path/'music')
    library = Library(tmp_path/'my.songae')
    library.sync(tmp_path/'music', progress=False)
    library.db.close()
    return tmp_path


def ids(library): return {title: i for title, i in library.db.rows('select title, id from songs where gone is null')}


def retag(path, **tags):
    f = mutagen.File(path)
    f.update({name: [text] for name, text in tags.items()})
    f.save()


def make_older(folder):
    "Turn a library into one of an older version: other features, and a setting that there is no more."
    settings = json.loads((folder/'settings.json').read_text())
    settings['settings']['seed'] = 0
    (folder/'settings.json').write_text(json.dumps(settings))
    library = Library(folder)
    with library.db:
        for table in 'profiles', 'scatters': library.db.execute(f"update {table} set version = 'patches-1-0'")
        library.db.execute("update models set settings = json_set(settings, '$.version', 'patches-1-0', '$.settings.seed', 0)")
    library.db.close()


def test_a_library_of_an_older_version_answers_and_is_brought_up_to_date(place):
    make_older(place/'my.songae')
    library, song = Library(place/'my.songae'), str(place/'music'/'a'/'0.flac')
    before = library.matcher().recommend(song, 3)
    report = library.sync(progress=False)
    assert len(report.described) == 10 and report.unchanged == 0 and not report.retagged and report.learned
    assert '10 described anew' in str(report)
    assert len(SongMatcher.load(place/'my.songae').recommend(song, 3)) == len(before) == 3
    again = Library(place/'my.songae').sync(progress=False)
    assert again.unchanged == 10 and not again.described and not again.learned


def test_the_second_time_nothing_is_opened(place, monkeypatch):
    def never(*args): raise AssertionError('a file was read')
    library = Library(place/'my.songae')
    assert len(library.matcher().songs_) == 10
    report = library.sync(progress=False, read=lambda paths, *rest: iter(()) if not paths else never())
    assert report.unchanged == 10 and report.well and not report.learned and str(report) == '10 songs: 10 unchanged'


def test_what_a_year_brings(place):
    library, music = Library(place/'my.songae'), place/'music'
    before = ids(library)
    (music/'a').rename(music/'renamed')                                             # a folder moves
    retag(music/'b'/'5.flac', title='another title')                                # in place
    retag(music/'renamed'/'1.flac', title='moved and retagged', artist='someone')
    (music/'b'/'9.flac').unlink()
    write(music/'new.flac', make_song(STYLE[6], 0, seconds=3), title='new')
    write(music/'b'/'8.flac', make_song(STYLE[7], 0, seconds=3), title='song 8')    # another song in its place
    (music/'b'/'6.flac').rename(music/'b'/'x')                                      # two swap their names
    (music/'b'/'7.flac').rename(music/'b'/'6.flac')
    (music/'b'/'x').rename(music/'b'/'7.flac')
    os.utime(music/'b'/'6.flac', (1, 1)); os.utime(music/'b'/'7.flac', (2, 2))
    dry = library.sync(dry_run=True, progress=False)
    report = library.sync(progress=False)
    for r in dry, report:
        assert len(r.moved) == 7 and [Path(p).name for p in r.retagged] == ['5.flac'] and [Path(p).name for p in r.added] == ['new.flac']
        assert [Path(p).name for p in r.changed] == ['8.flac'] and [Path(p).name for p in r.gone] == ['9.flac'] and not r.failed
    after = ids(library)
    assert after['another title'] == before['song 5'] and after['moved and retagged'] == before['song 1']
    assert all(after[f'song {i}'] == before[f'song {i}'] for i in (0, 2, 3, 4, 6, 7, 8)) and 'song 9' not in after
    m = library.matcher()
    for p in m.songs_.path: assert p not in m.recommend(p, 20).index and os.path.exists(p)
    assert str(music/'b'/'9.flac') not in m.recommend(m.songs_.path.iloc[0], 20).index
    assert library.sync(progress=False).unchanged == 10
    assert library.prune() == [str(music/'b'/'9.flac')] and not library.prune()


def test_a_song_that_returns_is_the_same(place):
    library, song = Library(place/'my.songae'), place/'music'/'a'/'0.flac'
    before, at = ids(library), place/'elsewhere.flac'
    song.rename(at)
    assert library.sync(progress=False).gone == [str(song)] and 'song 0' not in ids(library)
    at.rename(song)
    report = library.sync(progress=False)
    assert report.returned == [str(song)] and ids(library) == before
    song.rename(at); library.sync(progress=False); at.rename(place/'music'/'back.flac')
    assert library.sync(progress=False).moved == [(str(song), str(place/'music'/'back.flac'))] and ids(library) == before


def test_a_disk_that_is_not_there_is_no_deletion(place):
    library, music = Library(place/'my.songae'), place/'music'
    music.rename(place/'unplugged')
    for _ in range(2):
        report = library.sync(progress=False)
        assert report.missing == [str(music)] and not report.gone and not report.well and len(library.matcher().songs_) == 10
        music.mkdir(exist_ok=True)      # and now an empty mount point
    music.rmdir(); (place/'unplugged').rename(music)
    assert library.sync(progress=False).unchanged == 10


def test_a_copy_is_another_song_that_is_no_answer(place):
    library, song = Library(place/'my.songae'), place/'music'/'a'/'3.flac'
    shutil.copy(song, place/'music'/'copy.flac')
    retag(place/'music'/'copy.flac', title='the copy')
    assert len(library.sync(progress=False).added) == 1
    m = library.matcher()
    assert len(m.songs_) == 11 and not {str(song), str(place/'music'/'copy.flac')} & set(m.recommend(song, 20).index)


def test_what_is_excluded(place):
    library = Library(place/'my.songae')
    (place/'music'/'b'/'.songaeignore').write_text('5.*\n')
    report = library.sync(place/'music', exclude=['6.flac'], progress=False)
    assert sorted(Path(p).name for p in report.gone) == ['5.flac', '6.flac'] and report.songs == 8
    assert library.sync(progress=False).songs == 8                                  # remembered
    (place/'music'/'b'/'.songaeignore').unlink()
    assert sorted(Path(p).name for p in library.sync(place/'music', exclude=[], progress=False).returned) == ['5.flac', '6.flac']


def test_failures_are_tried_again_when_they_change(place):
    library, letter = Library(place/'my.songae'), place/'music'/'letter.mp3'
    letter.write_text('Dear diary')
    report = library.sync(progress=False)
    assert [e.path for e in report.failed] == [letter] and report.failures == 1 and not report.well
    since = library.failures().since.iloc[0]
    assert not library.sync(progress=False).failed                                  # not tried again
    assert len(library.sync(retry=True, progress=False).failed) == 1 and library.failures().since.iloc[0] == since
    shutil.copy(place/'music'/'a'/'0.flac', letter)
    assert library.sync(progress=False).added == [str(letter)] and library.failures().empty
    letter.write_text('Dear diary'); library.sync(progress=False); letter.unlink()
    assert library.sync(progress=False).well and library.failures().empty


def test_it_is_learned_anew_when_it_has_grown_by_a_fifth(place):
    library = Library(place/'my.songae')
    first = library.matcher().weights_hash_
    write(place/'music'/'one.flac', make_song(STYLE[8], 0, seconds=3))
    assert not library.sync(progress=False).learned and library.matcher().weights_hash_ == first
    assert len(library.matcher().codes_) == 11
    write(place/'music'/'two.flac', make_song(STYLE[9], 0, seconds=3))
    assert library.sync(progress=False).learned
    m = library.matcher()
    assert m.weights_hash_ != first and m.codes_.shape == (12, 11) and m.nearest_.near_.shape == (12, 10)
    assert sorted(p.name for p in (place/'my.songae').iterdir() if p.is_dir()) == sorted({first, m.weights_hash_})


def test_scales_are_those_of_all_songs(place):
    from songae.neighbors import grow_near
    library = Library(place/'my.songae')
    write(place/'music'/'one.flac', make_song(STYLE[8], 0, seconds=3))
    library.sync(progress=False)
    m = library.matcher()
    np.testing.assert_allclose(m.nearest_.near_, grow_near(None, m.codes_), rtol=1e-5)


def test_learning_reads_no_song(place):
    library = Library(place/'my.songae')
    code, path = library.matcher().codes_[0], str(place/'music'/'a'/'1.flac')
    shutil.rmtree(place/'music')
    library.learn(progress=False)
    np.testing.assert_allclose(library.matcher().codes_[0], code, atol=1e-5)
    assert len(library.matcher().recommend(path)) == 5


def test_it_is_learned_anew_after_songs_have_gone(place):
    library = Library(place/'my.songae')
    for n in (1, 6): (place/'music'/('a' if n < 5 else 'b')/f'{n}.flac').unlink()
    assert len(library.sync(progress=False).gone) == 2
    library.learn(progress=False)
    assert len(library.matcher().songs_) == 8 and library.matcher().card_['songs'] == 8


def test_one_song_is_kept_until_there_are_two(tmp_path, shelf):
    (tmp_path/'music').mkdir(); shutil.copy(shelf/'a'/'0.flac', tmp_path/'music')
    library = Library(tmp_path/'my.songae')
    assert not library.sync(tmp_path/'music', progress=False).learned
    with pytest.raises(MatcherError, match='nothing has been learned yet'): library.matcher()
    shutil.copy(shelf/'a'/'2.flac', tmp_path/'music')
    report = library.sync(progress=False)
    assert report.learned and report.unchanged == 1 and len(library.matcher().songs_) == 2


def test_an_encoder_of_another_kind(tmp_path, music):
    from songae.audio import load
    from songae.encoders import Encoder
    class Level(Encoder):
        def encode_song(self, path): return np.array([load(path).std(), 1.])
    library = Library(tmp_path/'level.songae', Level())
    assert library.sync(music, progress=False).learned and library.matcher().codes_.shape == (10, 2)
    write(music/'x.flac', make_song(STYLE[8], 0, seconds=3))
    (music/'a').rename(music/'c')
    report = library.sync(progress=False)
    assert len(report.moved) == 5 and len(report.added) == 1 and not report.learned and len(library.matcher().codes_) == 11


# Cases ---------------------------------------------------------------------------------------------------------------

CASES = Path(__file__).parents[2]/'shared'/'cases'/'make.py'
TOOLS = all(shutil.which(tool) for tool in ('ffmpeg', 'lame', 'flac', 'oggenc'))


@pytest.mark.skipif(not (CASES.exists() and TOOLS), reason='needs the cases, ffmpeg, lame, flac and vorbis-tools')
def test_files_as_people_have_them(tmp_path):
    "Each playable case has the code of the song that it was made of, and every other a reason."
    subprocess.run([sys.executable, CASES, tmp_path], check=True, capture_output=True)
    library = Library(tmp_path/'my.songae')
    report = library.sync(tmp_path/'songs', tmp_path/'cases', progress=False)
    m = library.matcher()
    position = {p: i for i, p in enumerate(m.songs_.path)}
    songs = {f'songs/song {i}.wav': position[str(tmp_path/'songs'/f'song {i}.wav')] for i in range(6)}
    refused = {str(e.path) for e in [*report.failed, *report.unreadable]}
    for row in csv.DictReader(open(tmp_path/'cases.csv', encoding='utf-8')):
        path = os.fsdecode(os.fsencode(tmp_path) + b'/' + row['path'].encode().decode('unicode_escape').encode('latin-1') if '\\x' in row['path'] else os.fsencode(tmp_path/row['path']))
        if row['want'] == 'refused': assert path in refused and path not in position, row
        else:
            d = np.linalg.norm(m.codes_[list(songs.values())] - m.codes_[position[path]], axis=1)
            assert list(songs)[d.argmin()] == row['like'], (row, d)
    assert all('truncated' not in e.reason for e in report.failed)


def make(tmp_path, suffix, *options):
    write(tmp_path/'in.wav', make_song(STYLE[0], 0, seconds=4))
    out = tmp_path/f'x.{suffix}'
    subprocess.run(['ffmpeg', '-v', 'error', '-y', '-i', tmp_path/'in.wav', *options, out], check=True)
    return out


@pytest.mark.skipif(not shutil.which('ffmpeg'), reason='needs ffmpeg')
@pytest.mark.parametrize('suffix, options', [
    ('m4a', ['-c:a', 'aac']), ('m4a', ['-c:a', 'alac']), ('wma', []), ('mp2', []), ('ac3', []), ('wv', []), ('tta', []),
    ('mka', ['-c:a', 'libvorbis']), ('webm', ['-c:a', 'libopus']), ('aac', []), ('eac3', []), ('oga', ['-c:a', 'flac']), ('caf', ['-c:a', 'alac']),
    ('au', ['-c:a', 'pcm_mulaw']), ('wav', ['-c:a', 'adpcm_ms']), ('mp4', ['-c:a', 'aac']), ('w64', []), ('dts', ['-c:a', 'dca', '-strict', '-2']),
], ids=str)
def test_every_format_is_read_and_known_by_its_sound(tmp_path, suffix, options):
    from songae.encoders import PatchEncoder
    out = make(tmp_path, suffix, *options)
    known = facts(out)
    assert abs(known.duration - 4) < .1 and len(known.hash) == 32
    e = PatchEncoder()
    a, b = e.profile(out).mean.astype(float), e.profile(tmp_path/'in.wav').mean.astype(float)
    assert np.corrcoef(a, b)[0, 1] > .98


# Processes that die, and others that write ---------------------------------------------------------------------------

SYNC = 'import sys; from songae import Library; Library(sys.argv[1]).sync(sys.argv[2], progress=False)'


def test_killed_at_any_moment_it_goes_on(tmp_path, shelf):
    "SIGKILL at any time during sync, learn and save, and after each the library opens and nothing that was said to be kept is lost."
    music, rng, kills = Path(shutil.copytree(shelf, tmp_path/'music')), random.Random(0), 0
    folder, kept = tmp_path/'my.songae', 0
    save = 'import sys; from songae import SongMatcher; m = SongMatcher.load(sys.argv[1]); m.detach(); m.save(sys.argv[1])'
    learn = 'import sys; from songae import Library; Library(sys.argv[1]).learn(progress=False)'
    for i in range(50):
        if i == 12:     # the rest is done once in peace
            Library(folder).sync(music, progress=False)
            kept = 10
        command = SYNC if i < 12 else (SYNC, learn, save)[i % 3]
        if command == SYNC and i >= 12: retag(music/'a'/f'{i % 5}.flac', title=f'title {i}'); shutil.copy(music/'b'/'5.flac', music/f'{i}.flac')
        p = subprocess.Popen([sys.executable, '-c', command, str(folder), str(music)], stderr=subprocess.DEVNULL, start_new_session=True)
        time.sleep(.25 + 2.2*rng.random())
        kills += p.poll() is None
        try: os.killpg(p.pid, signal.SIGKILL)
        except ProcessLookupError: pass     # it had ended
        p.wait()
        if not (folder/'settings.json').exists(): continue
        library = Library(folder)
        n = library.db.value('select count(*) from songs')
        assert n >= kept and library.db.value('pragma integrity_check') == 'ok'
        kept = n
        if i >= 12: assert len(library.matcher().recommend(library.matcher().songs_.path.iloc[0], 3)) == 3
        library.db.close()
    assert kills > 20
    library = Library(folder)
    report = library.sync(music, progress=False)
    assert report.well and len(library.matcher().songs_) == len(list(music.rglob('*.flac')))
    assert library.db.value('select count(*) from profiles where deviations is not null') == 0


def test_two_at_once(tmp_path, shelf):
    music = Path(shutil.copytree(shelf, tmp_path/'music'))
    ps = [subprocess.Popen([sys.executable, '-c', SYNC, str(tmp_path/'my.songae'), str(music)], stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [p.communicate(timeout=120)[1] for p in ps]
    for p, e in zip(ps, errors): assert p.returncode == 0 or 'is writing to it; try again when it has finished' in e, e
    assert 0 in [p.returncode for p in ps] and Library(tmp_path/'my.songae').sync(progress=False).unchanged == 10


def test_what_add_says_is_kept_while_another_saves(place, tmp_path):
    "An `add` while a matcher is saved to the same folder is refused, or stays."
    new = write(tmp_path/'extra.flac', make_song(STYLE[8], 0, seconds=3))
    m = SongMatcher.load(place/'my.songae')
    with catalog.writing(m.catalog_):
        p = shell('add', new, '-m', place/'my.songae', cwd=tmp_path, code=1)
        assert 'is writing to it' in p.stderr and 'process' in p.stderr
    assert '1 songs added' in shell('add', new, '-m', place/'my.songae', cwd=tmp_path).stdout
    fresh = SongMatcher(code_size=4).fit(sorted((place/'music').rglob('*.flac')), progress=False)
    fresh.save(place/'my.songae')       # replaces it, knowingly
    with pytest.raises(MatcherError, match='learned anew since it was loaded'): m.add(new, progress=False)
    assert len(SongMatcher.load(place/'my.songae').songs_) == 10


@pytest.mark.skipif(not hasattr(os, 'geteuid') or os.geteuid() != 0, reason='a small file system is mounted by root')
def test_a_full_disk_loses_nothing(tmp_path, shelf):
    small = tmp_path/'small'
    small.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', small]).returncode: pytest.skip('may not mount')
    try:
        p = shell('sync', shelf, '-m', small/'my.songae', cwd=tmp_path, code=1)
        assert 'Traceback' not in p.stderr and ('disk is full' in p.stderr or 'No space left' in p.stderr), p.stderr
        subprocess.run(['mount', '-o', 'remount,size=200m', small], check=True)
        assert '10 songs' in shell('sync', shelf, '-m', small/'my.songae', cwd=tmp_path).stdout
        assert Library(small/'my.songae').sync(progress=False).unchanged == 10
    finally: subprocess.run(['umount', '-l', small])


@pytest.mark.skipif(not hasattr(os, 'geteuid') or os.geteuid() != 0, reason='a file system is mounted by root')
def test_where_nothing_can_be_written_answers_are_given(place, tmp_path):
    "On a disk that may only be read: reading works, and what would write says what it could not."
    disk, song = tmp_path/'disk', place/'music'/'a'/'0.flac'
    disk.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=200m', 'tmpfs', disk]).returncode: pytest.skip('may not mount')
    try:
        shutil.copytree(place/'my.songae', disk/'my.songae')
        subprocess.run(['mount', '-o', 'remount,ro', disk], check=True)
        for command in ['match', song], ['songs'], ['info'], ['failures']:
            assert 'Traceback' not in shell(*command, '-m', disk/'my.songae', cwd=tmp_path).stderr
        for command in ['sync'], ['learn'], ['prune'], ['add', song]:
            p = shell(*command, '-m', disk/'my.songae', cwd=tmp_path, code=1)
            assert 'Traceback' not in p.stderr and 'my.songae' in p.stderr and p.stderr.strip().count('\n') == 0, (command, p.stderr)
    finally: subprocess.run(['umount', '-l', disk])


def test_a_clock_that_was_set_back(place, monkeypatch):
    "Songs from the future are songs; a catalog of tomorrow is brought into step today."
    library, song = Library(place/'my.songae'), place/'music'/'a'/'0.flac'
    os.utime(song, (4e9, 4e9))
    assert library.sync(progress=False).retagged == [str(song)] and library.sync(progress=False).unchanged == 10
    (place/'music'/'a'/'1.flac').unlink()
    monkeypatch.setattr(time, 'time', lambda: 86400.)
    report = library.sync(progress=False)
    assert len(report.gone) == 1 and report.unchanged == 9 and len(library.prune()) == 1
    assert library.sync(progress=False).unchanged == 9


def test_every_error_is_one_sentence(place, tmp_path):
    "Damaged, read-only, missing, not a library: exit code 1, the file is named, no traceback in any command."
    folder, song = place/'my.songae', place/'music'/'a'/'0.flac'
    commands = [['sync'], ['learn'], ['prune'], ['failures'], ['songs'], ['info'], ['match', song], ['add', song]]
    for p in folder.glob('catalog.db-*'): p.unlink()
    data = bytearray((folder/'catalog.db').read_bytes())
    data[4096:] = os.urandom(len(data) - 4096)
    harms = {'damaged': bytes(data), 'text': b'nonsense'*999}
    for name, harm in harms.items():
        bad = tmp_path/f'{name}.songae'
        shutil.copytree(folder, bad)
        (bad/'catalog.db').write_bytes(harm)
        for command in commands:
            p = shell(*command, '-m', bad, cwd=tmp_path, code=1)
            assert 'Traceback' not in p.stderr and p.stderr.strip().count('\n') == 0 and 'catalog.db' in p.stderr, (command, p.stderr)
    for command in commands:
        p = shell(*command, '-m', tmp_path/'nowhere.songae', cwd=tmp_path, code=1)
        assert 'Traceback' not in p.stderr and 'nowhere.songae' in p.stderr, (command, p.stderr)


def test_where_there_is_no_home(place, tmp_path):
    env = {k: v for k, v in os.environ.items() if k not in ('HOME', 'XDG_CACHE_HOME')}
    for extra in {}, dict(HOME='/nowhere'), dict(HOME='/proc'):
        p = subprocess.run([sys.executable, '-c', 'from songae.cli import main; main()', 'match', str(place/'music'/'a'/'0.flac'), '-m', str(place/'my.songae')],
                           env=env | extra, capture_output=True, text=True, cwd=tmp_path)
        assert p.returncode == 0 and 'song' in p.stdout, p.stderr
        p = subprocess.run([sys.executable, '-c', 'from songae.cli import main; main()', 'sync', '-m', str(place/'my.songae')],
                           env=env | extra, capture_output=True, text=True, cwd=tmp_path)
        assert p.returncode == 0 and '10 unchanged' in p.stdout, p.stderr


def test_files_that_lie_and_files_that_vanish(place, tmp_path):
    library, music = Library(place/'my.songae'), place/'music'
    sf.write(music/'x.wav', np.zeros((SAMPLE_RATE, 1)), SAMPLE_RATE)
    raw = bytearray((music/'x.wav').read_bytes())
    for name, at, value in ('channels.wav', 22, b'\xff\xff'), ('rate.wav', 24, b'\xff\xff\xff\xff'), ('slow.wav', 24, b'\1\0\0\0'), ('length.wav', 40, b'\xf0\xff\xff\x7f'):
        lie = raw.copy(); lie[at:at + len(value)] = value
        (music/name).write_bytes(lie)
    (music/'x.wav').unlink()
    (music/'bomb.flac').write_bytes((music/'a'/'0.flac').read_bytes()[:4000] + bytes(50_000_000))
    started = time.monotonic()
    report = library.sync(progress=False)
    assert time.monotonic() - started < 120 and len(report.failed) >= 4 and report.unchanged == 10
    assert all(e.reason for e in report.failed)
    from songae.reading import read_song
    assert read_song(music/'never.flac').reason == 'no such file or directory'


def test_a_folder_that_may_not_be_read_is_named_and_its_songs_stay(place):
    library = Library(place/'my.songae')
    from songae.library import Seen, find_changes
    from songae.files import AudioError
    seen = Seen(folders=[str(place/'music')], unreadable=[AudioError(place/'music'/'b', 'permission denied')])
    seen.files = {p: (s, m) for p, s, m in library.db.rows('select path, size, modified from songs') if '/a/' in p}
    plan = find_changes(library.db, seen)
    assert plan.unchanged == 5 and not plan.lost


def test_the_command_line(tmp_path, music):
    (music/'letter.mp3').write_text('Dear diary'); (music/'cover.jpg').write_bytes(b'\xff\xd8\xff\xe0')
    p = shell('sync', 'music', '--dry-run', cwd=tmp_path, code=3)
    assert '10 new' in p.stdout
    p = shell('sync', 'music', cwd=tmp_path, code=3)
    assert '10 songs: 10 new' in p.stdout and '.jpg: not audio' in p.stdout and 'letter.mp3' in p.stderr
    assert 'letter.mp3' in shell('failures', cwd=tmp_path).stdout
    assert json.loads(shell('failures', '--json', cwd=tmp_path).stdout)[0]['reason'].startswith('not audio')
    (music/'letter.mp3').unlink(); (music/'a'/'0.flac').unlink()
    assert '1 gone' in shell('sync', cwd=tmp_path).stdout
    assert '1 songs would be removed' in shell('prune', '--dry-run', cwd=tmp_path).stdout and '1 songs removed' in shell('prune', cwd=tmp_path).stdout
    assert 'learned anew' in shell('learn', cwd=tmp_path).stdout
    assert len(json.loads(shell('match', music/'a'/'1.flac', '-k', 3, '--json', cwd=tmp_path).stdout)) == 3
    p = shell('sync', 'nowhere', '-m', 'other.songae', cwd=tmp_path, code=1)
    assert 'nowhere: no such folder' in p.stderr and not (tmp_path/'other.songae').exists()
    shutil.rmtree(music)
    assert 'missing or empty' in shell('sync', cwd=tmp_path, code=3).stdout


def test_ten_thousand_songs_are_compared_without_being_opened(place):
    library = Library(place/'my.songae')
    many = place/'many'
    many.mkdir()
    row = dict(zip([c for c, in library.db.execute("select name from pragma_table_info('songs')")], library.db.rows('select * from songs limit 1')[0]))
    for i in range(10_000): (many/f'{i}.mp3').touch()
    with library.db as db:
        for i in range(10_000):
            about = (many/f'{i}.mp3').stat()
            db.execute('insert into songs (path, title, artist, album, albumartist, genre, tags, duration, size, modified, hash, remarks, added) '
                       'values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)', [str(many/f'{i}.mp3'), 'x', '', '', '', '', '{}', 1., 0, about.st_mtime_ns, f'h{i}', '', 0.])
            db.execute("insert into profiles select last_insert_rowid(), version, mean, null from profiles limit 1")
    from songae.library import find_changes, look
    seen = look({str(many): [], str(place/'music'): []}, [])
    plan = find_changes(library.db, seen, version=library.encoder.version)
    assert plan.unchanged == 10_010 and not plan.read and not plan.lost and row['path']


DASK_WORKER = '''
import asyncio, sys
from distributed import Worker
async def work():
    async with Worker(sys.argv[1], nthreads=1, heartbeat_interval='200ms') as w: await w.finished()
if __name__ == '__main__': asyncio.run(work())
'''
DASK_SCHEDULER = '''
import asyncio
from distributed import Scheduler
async def serve():
    async with Scheduler(port=0, dashboard_address=':0') as s:
        print(s.address, flush=True)
        await s.finished()
if __name__ == '__main__': asyncio.run(serve())
'''


def test_on_several_machines_one_of_which_dies(tmp_path, shelf):
    "A scheduler and two workers in processes of their own, one of which is killed in mid-run: every song once, nothing lost."
    pytest.importorskip('distributed')
    music = Path(shutil.copytree(shelf, tmp_path/'music'))
    for i in range(60): write(music/f'more {i}.wav', np.random.default_rng(i).standard_normal(SAMPLE_RATE*3)*.1)
    (music/'letter.mp3').write_text('Dear diary')
    def start(code, *args): return subprocess.Popen([sys.executable, '-c', code, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    scheduler = start(DASK_SCHEDULER)
    address = scheduler.stdout.readline().strip()
    workers = [start(DASK_WORKER, address) for _ in range(2)]
    try:
        p = subprocess.Popen([Path(sys.executable).parent/'songae', 'sync', str(music), '-m', str(tmp_path/'my.songae'), '--dask', address],
                             stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        db = tmp_path/'my.songae'/'catalog.db'
        for _ in range(600):
            time.sleep(.1)
            if db.exists() and catalog.connect(db).value('select count(*) from songs') > 5: break
        workers[0].kill()
        out, error = p.communicate(timeout=120)
    finally:
        for q in *workers, scheduler: q.kill()
    assert p.returncode == 3 and '70 songs: 70 new' in out and 'letter.mp3' in error, (out, error)
    library = Library(tmp_path/'my.songae')
    assert library.sync(progress=False).unchanged == 70 and library.matcher().codes_.shape[0] == 70
    here = Library(tmp_path/'here.songae')
    here.sync(music, progress=False)
    a, b = (dict(l.db.rows('select hash, mean from songs join profiles on song_id = id')) for l in (library, here))
    assert a.keys() == b.keys()
    for k in a: np.testing.assert_allclose(np.frombuffer(a[k], '<f2').astype(float), np.frombuffer(b[k], '<f2').astype(float), atol=.05)
    p = shell('sync', music, '-m', tmp_path/'here.songae', '--dask', 'tcp://127.0.0.1:9', cwd=tmp_path, code=1)
    assert 'no Dask scheduler answers there' in p.stderr


DASK_NANNY = '''
import asyncio, sys
from distributed import Nanny
async def work():
    async with Nanny(sys.argv[1], nthreads=1, preload=[sys.argv[2]]) as n: await n.finished()
if __name__ == '__main__': asyncio.run(work())
'''


def test_a_file_that_holds_up_a_machine(tmp_path, shelf):
    "The worker ends itself, another takes its place, and the file is reported."
    pytest.importorskip('distributed')
    songs = sorted(shelf.rglob('*.flac'))[:3]
    (tmp_path/'slow.py').write_text("""
import time, songae.audio, songae.reading as reading
reading._seconds = lambda path: 2
reading.facts = lambda path: time.sleep(600) if path.name == 'slow.mp3' else songae.audio.facts(path)""")
    (tmp_path/'slow.mp3').write_bytes(b'ID3')
    env = os.environ | dict(DASK_DISTRIBUTED__SCHEDULER__ALLOWED_FAILURES='1')
    def start(code, *args):
        return subprocess.Popen([sys.executable, '-c', code, *args], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=env)
    scheduler = start(DASK_SCHEDULER)
    address = scheduler.stdout.readline().strip()
    nanny = start(DASK_NANNY, address, str(tmp_path/'slow.py'))
    try: found = {r.path: r for r in on_dask(address)([songs[0], tmp_path/'slow.mp3', *songs[1:]])}
    finally:
        nanny.terminate()
        nanny.wait()
        scheduler.kill()
    assert len(found) == 4 and all(found[str(p)].row for p in songs)
    failed = found[str(tmp_path/'slow.mp3')]
    assert failed.failed and 'held up its workers' in failed.reason
