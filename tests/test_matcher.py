"What a matcher promises beyond its notebook: lazy imports, broken folders, interrupted work, hostile titles."
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from conftest import write

from songae import SongMatcher, catalog
from songae.audio import SAMPLE_RATE, AudioError
from songae.matcher import MatcherError, check_target

SMALL = dict(n_samples=2*SAMPLE_RATE, epochs=3)


@pytest.fixture(scope='module', params=['position', 'song'])
def saved(request, music, tmp_path_factory):
    folder = tmp_path_factory.mktemp('saved')/'my.songae'
    SongMatcher('deep', scaling=request.param, **SMALL).fit(music, progress=False).save(folder)
    return folder


@pytest.fixture
def copied(saved, tmp_path): return Path(shutil.copytree(saved, tmp_path/'my.songae'))


def python(code, *args):
    p = subprocess.run([sys.executable, '-c', code, *map(str, args)], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    return p.stdout


def test_import_is_light():
    p = subprocess.run([sys.executable, '-X', 'importtime', '-c', 'import songae'], capture_output=True, text=True)
    assert p.returncode == 0 and 'songae' in p.stderr
    for heavy in 'tensorflow', 'keras', 'pandas', 'matplotlib', 'scipy', 'soundfile': assert heavy not in p.stderr


def test_matching_a_stored_song_needs_no_tensorflow(saved, music):
    code = '''import sys; from songae import SongMatcher
m = SongMatcher.load(sys.argv[1]); a = m.recommend(sys.argv[2], 3); ax = m.plot(sys.argv[2])
assert len(a) == 3 and not {'tensorflow', 'keras'} & set(sys.modules), 'TensorFlow was imported'; print(a.index[0])'''
    assert music.name in python(code, saved, sorted(music.glob('*.flac'))[0])


def test_same_answer_in_another_process(saved, music):
    unheard = music.parent/'unheard.flac'
    here = SongMatcher.load(saved).recommend(unheard)
    there = python('import sys; from songae import SongMatcher; print(SongMatcher.load(sys.argv[1]).recommend(sys.argv[2]).distance.to_json())', saved, unheard)
    assert list(here.index) == list(json.loads(there)) and np.allclose(here.distance, list(json.loads(there).values()), rtol=1e-5)


def test_every_model_fits_and_finds_itself(music):
    for model in 'simple', 'sparse', 'conv':
        m = SongMatcher(model, n_samples=SAMPLE_RATE, epochs=1, seed=1).fit(music, progress=False)
        for p in m.songs_.path: assert m.recommend(p, 1, include_self=True).distance.iloc[0] == 0
        assert p not in m.recommend(p, 99).index and len(m.recommend(p, 99)) == 7


def test_stored_codes_are_what_the_encoder_gives(copied, music):
    m = SongMatcher.load(copied)
    codes, paths, failed = m.encode(music)
    assert [str(p) for p in paths] == list(m.songs_.path) and not failed
    np.testing.assert_allclose(codes, m.codes_, rtol=1e-4, atol=1e-5)


def test_a_saved_matcher_holds_no_pickle(saved):
    assert sorted(p.name for p in saved.iterdir() if not p.name.endswith(('-wal', '-shm'))) in (
        ['catalog.db', 'encoder.keras', 'scaler.npz', 'settings.json'], ['catalog.db', 'encoder.keras', 'settings.json'])
    if (saved/'scaler.npz').exists(): np.load(saved/'scaler.npz', allow_pickle=False)['lo']
    json.loads((saved/'settings.json').read_text())


def change(path, old, new): path.write_bytes(path.read_bytes().replace(old, new, 1))


@pytest.mark.parametrize('harm, names', [
    (lambda f: (f/'encoder.keras').unlink(), 'encoder.keras: missing'),
    (lambda f: (f/'catalog.db').unlink(), 'catalog.db: missing'),
    (lambda f: (f/'settings.json').unlink(), 'settings.json is missing'),
    (lambda f: (f/'encoder.keras').write_bytes((f/'encoder.keras').read_bytes()[:-9]), 'encoder.keras: altered'),
    (lambda f: change(f/'settings.json', b'{', b''), 'settings.json: altered'),
    (lambda f: change(f/'settings.json', b'"batch_size": 2', b'"batch_size": 3'), 'settings.json and catalog.db'),
    (lambda f: (f/'catalog.db').write_bytes(b'nonsense '*999), 'catalog.db: cannot be opened as a catalog'),
    (lambda f: catalog.connect(f/'new').close() or (f/'new').replace(f/'catalog.db'), 'settings.json and catalog.db'),
    (lambda f: shutil.rmtree(f), 'not a saved matcher'),
])
def test_broken_folders_say_what_is_broken(copied, harm, names):
    for p in copied.glob('catalog.db-*'): p.unlink()
    harm(copied)
    with pytest.raises(ValueError, match=names) as e: SongMatcher.load(copied)
    assert copied.name in str(e.value)


def test_saving_over_something_else_is_refused(copied, tmp_path):
    m, other = SongMatcher.load(copied), tmp_path/'photos'
    other.mkdir(); (other/'me.jpg').write_text('x')
    with pytest.raises(MatcherError, match='holds other things'): m.save(other)
    assert [p.name for p in other.iterdir()] == ['me.jpg']


def test_saved_again_and_elsewhere(copied, music, tmp_path):
    m = SongMatcher.load(copied)
    assert len(m.add(music.parent/'unheard.flac', progress=False)) == 1
    for folder in copied, tmp_path/'deeper'/'two.songae':
        m.save(folder)
        again = SongMatcher.load(folder)
        pd.testing.assert_frame_equal(again.songs_, m.songs_)
        pd.testing.assert_frame_equal(again.history_, m.history_)
    assert sorted(p.name for p in tmp_path.iterdir()) == ['deeper', 'my.songae']


def test_what_is_added_stays(copied, music):
    m = SongMatcher.load(copied)
    bad = copied.parent/'bad.wav'; bad.write_text('no song')
    added = m.add([bad, music.parent/'unheard.flac', *music.iterdir()], progress=False)
    assert added.title.tolist() == ['unheard'] and [e.path.name for e in m.failed_] == ['bad.wav']
    again = SongMatcher.load(copied)
    assert len(again.songs_) == 9 and again.recommend(music.parent/'unheard.flac', 1, include_self=True).distance.iloc[0] == 0


def test_a_song_that_changed_is_another_song(copied, music, tmp_path):
    p = Path(shutil.copy(music.parent/'unheard.flac', tmp_path/'mine.flac'))
    m = SongMatcher.load(copied); m.add(p, progress=False)
    before = m.locate(p)[0]
    shutil.copy(sorted(music.glob('*.flac'))[3], p)
    assert not np.allclose(m.locate(p)[0], before)                # it is what lies there now, a copy of a stored song
    assert len(m.add(p, progress=False)) == 1 and len(m.songs_) == 9
    p.unlink()
    assert len(m.recommend(p, 3)) == 3                            # gone, but its code is known


def test_titles_are_text(music, tmp_path):
    x = np.random.default_rng(0).standard_normal((SAMPLE_RATE*2, 1))*.1
    evil = '<img src=x onerror=alert(1)>'
    for i in range(3): write(tmp_path/f'{i} $evil$ &lt;b&gt;.flac', np.roll(x, i*9999), title=evil, artist=evil)
    m = SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(tmp_path, progress=False)
    html = m.recommend(m.songs_.path[1], 2)._repr_html_()
    assert '<img' not in html and html.count('&lt;img src=x onerror') == 4 and html.count('<audio') == 2
    m.plot(m.songs_.path[1]).figure.canvas.draw()


def test_preview_of_a_song_that_is_gone(music, tmp_path):
    m = SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(shutil.copytree(music, tmp_path/'m'), progress=False)
    answer = m.recommend(m.songs_.path[1], 2)
    shutil.rmtree(tmp_path/'m')
    assert answer._repr_html_().count('>–<') == 2


@pytest.mark.parametrize('settings, songs, error, words', [
    (dict(model='deeper'), '.', ValueError, 'model must be one of discriminant, simple, sparse, deep, conv'),
    (dict(scaling='loud'), '.', ValueError, 'scaling must be one of'),
    (dict(), 'empty', ValueError, 'no songs in this folder'),
    (dict(), 'gone', ValueError, 'no such file'),
    (dict(model='deep', n_samples=10**13), '.', ValueError, 'GB of memory'),
])
def test_refused_before_any_work(music, tmp_path, settings, songs, error, words):
    (tmp_path/'empty').mkdir()
    with pytest.raises(error, match=words): SongMatcher(**settings).fit(music if songs == '.' else tmp_path/songs, progress=False)


def test_not_fitted_and_no_song(saved, tmp_path):
    with pytest.raises(MatcherError, match='not fitted'): SongMatcher().recommend('x.wav')
    for p, words in (tmp_path/'x.wav', 'no such file'), (tmp_path, 'a folder, not a song'):
        with pytest.raises(AudioError, match=words): SongMatcher.load(saved).recommend(p)


def test_one_bad_song_stops_nothing_and_an_interrupted_fit_resumes(music, tmp_path, monkeypatch):
    monkeypatch.setattr('songae.matcher.user_cache_path', lambda *a, **k: tmp_path/'cache')
    folder = Path(shutil.copytree(music, tmp_path/'m')); (folder/'bad.mp3').write_text('x')
    import songae.training
    write_checkpoint, written = songae.training.write_checkpoint, []
    def interrupted(path, about, arrays):
        write_checkpoint(path, about, arrays); written.append(len(about['losses']))
        if written[-1] == 2: raise KeyboardInterrupt
    monkeypatch.setattr('songae.training.write_checkpoint', interrupted)
    monkeypatch.setitem(songae.training.train.__kwdefaults__, 'every', 0.)     # a checkpoint after each epoch, however short
    m = SongMatcher('deep', **(SMALL | dict(epochs=4)))
    with pytest.raises(KeyboardInterrupt): m.fit(folder, progress=False)
    assert len(list((tmp_path/'cache/training').glob('*.checkpoint'))) == 1
    m.fit(folder, progress=False)
    assert written == [1, 2, 3, 4] and [e.path.name for e in m.failed_] == ['bad.mp3'] and not list((tmp_path/'cache/training').iterdir())
    unbroken = SongMatcher('deep', **(SMALL | dict(epochs=4))).fit(folder, resume=False, progress=False)
    np.testing.assert_array_equal(unbroken.codes_, m.codes_)


def test_a_bad_destination_is_known_before_training(music, tmp_path):
    (tmp_path/'full').mkdir(); (tmp_path/'full'/'me.jpg').touch(); (tmp_path/'file').touch()
    for target, words in (tmp_path/'full', 'holds other things'), (tmp_path/'file', 'holds other things'), (tmp_path/'file'/'deeper', 'cannot be made'):
        with pytest.raises(MatcherError, match=words): check_target(target)
    assert check_target(tmp_path/'new'/'my.songae').parent.is_dir()


def test_saving_leaves_neighbours_alone(copied, music, tmp_path):
    for name in 'my.songae.old', 'my.songae.part': (tmp_path/name).mkdir(); (tmp_path/name/'precious').touch()
    other = SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(music, progress=False)
    other.save(copied)
    assert sorted(p.name for p in tmp_path.iterdir()) == ['my.songae', 'my.songae.old', 'my.songae.part']
    assert (tmp_path/'my.songae.old'/'precious').exists() and SongMatcher.load(copied).model == 'simple'


def test_a_failed_save_changes_nothing(copied, music, tmp_path, monkeypatch):
    other = SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(music, progress=False)
    with monkeypatch.context() as m:
        m.setattr('songae.catalog.copy', lambda *a: (_ for _ in ()).throw(OSError(28, 'No space left on device')))
        with pytest.raises(OSError, match='No space'): other.save(copied)
    assert [p.name for p in tmp_path.iterdir()] == ['my.songae'] and SongMatcher.load(copied).model == 'deep'
    assert len(other.recommend(other.songs_.path[1])) == 5          # and the matcher lives
    other.save(copied)
    assert SongMatcher.load(copied).model == 'simple'


def test_songs_deleted_while_training(music, tmp_path, monkeypatch):
    folder = Path(shutil.copytree(music, tmp_path/'m'))
    import songae.training
    train = songae.training.train
    monkeypatch.setattr('songae.training.train', lambda *a, **k: (shutil.rmtree(folder), train(*a, **k))[1])
    m = SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(folder, resume=False, progress=False)
    assert len(m.songs_) == 8 and not folder.exists() and len(m.recommend(m.songs_.path[1])) == 5


def test_two_identical_fits_at_once(music, tmp_path):
    code = '''import sys; from songae import SongMatcher
SongMatcher("simple", n_samples=44100, epochs=400).fit(sys.argv[1], progress=False)'''
    env = os.environ | dict(XDG_CACHE_HOME=str(tmp_path))
    ps = [subprocess.Popen([sys.executable, '-c', code, str(music)], env=env, stderr=subprocess.PIPE, text=True) for _ in range(2)]
    errors = [p.communicate(timeout=300)[1] for p in ps]
    assert sorted(p.returncode for p in ps) in ([0, 1], [0, 0])     # 0, 0 if one had ended before the other began
    for p, e in zip(ps, errors): assert p.returncode == 0 or 'another process is training' in e


def test_a_matcher_that_may_only_be_read(saved, tmp_path):
    folder = Path(shutil.copytree(saved, tmp_path/'ro'))
    for p in folder.glob('catalog.db-*'): p.unlink()
    code = '''import os, sys
os.access_, os.access = os.access, lambda path, mode: False if mode == os.W_OK else os.access_(path, mode)     # root may write everywhere
from songae import SongMatcher
m = SongMatcher.load(sys.argv[1]); print(len(m.recommend(m.songs_.path[1]))); print(sorted(os.listdir(sys.argv[1])))'''
    out = python(code, folder)
    assert out.startswith('5') and 'shm' not in out


def test_settings_that_lack_something(copied):
    about = json.loads((copied/'settings.json').read_text())
    for key in 'plane', 'history', 'files':
        (copied/'settings.json').write_text(json.dumps({k: v for k, v in about.items() if k != key}))
        with pytest.raises(MatcherError, match=f'settings.json: altered, it lacks {key}'): SongMatcher.load(copied)


def test_a_short_song_is_padded_and_said_so(copied, music, tmp_path):
    p = write(tmp_path/'short.wav', np.random.default_rng(0).standard_normal((SAMPLE_RATE*3//2, 1))*.1)
    m = SongMatcher.load(copied)
    with pytest.warns(UserWarning, match='padded with 0.5 s'): m.recommend(p)
    m.add(p, progress=False)
    assert [(q.name, round(s, 1)) for q, s in m.padded_.items()] == [('short.wav', .5)]


@pytest.mark.skipif(sys.platform != 'linux', reason='other systems do not allow such names')
def test_a_name_that_is_not_unicode(music, tmp_path):
    folder = Path(shutil.copytree(music, tmp_path/'m'))
    shutil.copy(music.parent/'unheard.flac', os.fsencode(folder) + b'/caf\xe9.flac')
    m = SongMatcher('simple', n_samples=SAMPLE_RATE, epochs=1).fit(folder, progress=False)
    assert len(m.songs_) == 8 and [e.reason for e in m.failed_] == ['its name is not valid Unicode; rename it']


@pytest.mark.parametrize('settings', [dict(epochs=0), dict(batch_size=0), dict(code_size=0), dict(n_samples=0), dict(learning_rate=0), dict(epochs=1.5)])
def test_settings_are_checked_first(settings, tmp_path):
    with pytest.raises(ValueError, match=list(settings)[0]): SongMatcher(**settings).fit(tmp_path/'gone')


def test_not_fitted():
    for f in (lambda m: m.add('x'), lambda m: m.encode('x'), lambda m: m.plot(), lambda m: m.save('x'), lambda m: m.recommend('x')):
        with pytest.raises(MatcherError, match='not fitted'): f(SongMatcher())
