"The default encoder in a matcher: from a mixed folder to an answer, without TensorFlow."
import json
import os
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from conftest import write
from test_cli import songae as shell

import songae.encoders
import songae.matcher
from songae import SongMatcher, catalog
from songae.audio import SAMPLE_RATE
from songae.demo import STYLES, make_song
from songae.matcher import MatcherError
from songae.melspec import PATCH_RATE

USED = list(STYLES)[:7]


@pytest.fixture(scope='module')
def folder(tmp_path_factory):
    "Seven styles and two songs of each; a third song of two of them beside the folder."
    folder = tmp_path_factory.mktemp('default')/'music'
    folder.mkdir()
    for style in USED:
        for variant in 0, 1: write(folder/f'{style} {variant}.flac', make_song(style, variant, seconds=9), title=f'{style} {variant}', artist='tests')
    for style in USED[:2]: write(folder.parent/f'{style} 2.flac', make_song(style, 2, seconds=9), title=f'{style} 2')
    return folder


@pytest.fixture(scope='module')
def fitted(folder): return SongMatcher().fit(folder, resume=False, progress=False)


@pytest.fixture(scope='module')
def saved(fitted, tmp_path_factory):
    where = tmp_path_factory.mktemp('saved')/'my.songae'
    m = SongMatcher().fit(list(fitted.songs_.path), resume=False, progress=False)
    m.save(where)
    return where


@pytest.fixture
def copied(saved, tmp_path): return Path(shutil.copytree(saved, tmp_path/'my.songae', ignore=shutil.ignore_patterns('*-wal', '*-shm')))


@pytest.fixture
def cache(tmp_path, monkeypatch):
    "Where unfinished work is kept."
    monkeypatch.setattr('songae.matcher.user_cache_path', lambda *a, **k: tmp_path/'cache')
    return tmp_path/'cache'/'fitting'


@pytest.fixture
def decoded(monkeypatch):
    "The names of songs that `fit` reads."
    names, real = [], songae.matcher.read_songs
    def spy(paths, encoder):
        for reading in real(paths, encoder):
            names.append(Path(reading.path).name)
            yield reading
    monkeypatch.setattr(songae.matcher, 'read_songs', spy)
    return names


def test_most_songs_find_their_pair(fitted):
    found = [fitted.recommend(p, 1).title.iloc[0] for p in fitted.songs_.path]
    own = [t[:-2] == f[:-2] for t, f in zip(fitted.songs_.title, found)]
    assert sum(own) >= 9, found                                 # of 14; chance is about one
    assert fitted.codes_.shape == (14, 13) and not fitted.failed_ and not fitted.padded_
    assert repr(fitted) == "SongMatcher('patches'): 14 songs"


def test_an_unknown_song_is_answered(fitted, folder):
    for style in USED[:2]:
        answer = fitted.recommend(folder.parent/f'{style} 2.flac', 3)
        assert any(t.startswith(style) for t in answer.title) and answer.distance.is_monotonic_increasing


def test_a_stored_code_is_what_a_query_would_get(fitted, folder):
    codes, paths, failed, padded = fitted.encoder.encode(folder)
    assert [str(p) for p in paths] == list(fitted.songs_.path) and not failed
    np.testing.assert_allclose(codes, fitted.codes_, atol=1e-6)
    for p in paths[::5]: assert fitted.recommend(p, 1, include_self=True).distance.iloc[0] == 0


@pytest.mark.parametrize('suffix, subtype', [('ogg', 'VORBIS'), ('mp3', 'MPEG_LAYER_III')])
def test_so_it_is_in_formats_whose_decoders_remember(folder, tmp_path, suffix, subtype):
    for p in sorted(folder.iterdir())[:3]:
        x = sf.read(p)[0][::2]
        sf.write(tmp_path/f'{p.stem}.{suffix}', x, PATCH_RATE, subtype=subtype, format=dict(mp3='MP3').get(suffix, 'OGG'))
    m = SongMatcher().fit(tmp_path, resume=False, progress=False)
    np.testing.assert_allclose(m.encoder.encode(tmp_path).codes, m.codes_, atol=1e-3 if suffix == 'mp3' else 1e-6)     # MP3's decoder rounds, and so does float16


def test_the_songs_decide_and_nothing_else(fitted, folder):
    again = SongMatcher().fit(folder, resume=False, progress=False)
    np.testing.assert_array_equal(again.codes_, fitted.codes_)
    assert again.weights_hash_ == fitted.weights_hash_


def test_from_fit_to_answer_without_tensorflow(folder, tmp_path):
    code = '''import sys; from songae import SongMatcher
folder, new, out = sys.argv[1:]
m = SongMatcher().fit(folder, resume=False, progress=False); a = m.recommend(new, 3); m.save(out)
m = SongMatcher.load(out); b = m.recommend(new, 3); m.encoder.warm_up(); added = m.add(new, progress=False); m.plot(new)
c = SongMatcher.load(out).recommend(new, 1, include_self=True)
assert a.equals(b) and len(added) == 1 and c.distance.iloc[0] == 0 and c.index[0] == new, (a, b, c)
assert not {'tensorflow', 'keras'} & set(sys.modules), 'TensorFlow was imported' '''
    new = (folder.parent/f'{USED[0]} 2.flac').resolve()
    p = subprocess.run([sys.executable, '-c', code, str(folder), str(new), str(tmp_path/'a.songae')], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr


def test_saved_and_loaded_it_is_the_same(fitted, saved, folder):
    m = SongMatcher.load(saved)
    assert m.settings() == fitted.settings() and m.history_.equals(fitted.history_) and m.history_.index.name == 'direction'
    np.testing.assert_array_equal(m.codes_, fitted.codes_)
    new = folder.parent/f'{USED[1]} 2.flac'
    assert m.recommend(new).equals(fitted.recommend(new))
    np.load(saved/m.weights_hash_/'encoder.npz', allow_pickle=False)['projection']
    names = {p.name for p in saved.iterdir() if not p.name.endswith(('-wal', '-shm'))}
    assert names == {'catalog.db', m.weights_hash_, 'settings.json'}


def test_what_is_added_stays_and_may_be_moved(copied, folder, tmp_path):
    m, new, bad = SongMatcher.load(copied), folder.parent/f'{USED[0]} 2.flac', tmp_path/'bad.wav'
    bad.write_text('no song')
    assert m.add([new, bad, folder], progress=False).title.tolist() == [f'{USED[0]} 2'] and [e.path.name for e in m.failed_] == ['bad.wav']
    m.save(tmp_path/'other.songae')
    for where in copied, tmp_path/'other.songae':
        again = SongMatcher.load(where)
        assert len(again.songs_) == 15 and again.recommend(new, 1, include_self=True).distance.iloc[0] == 0


@pytest.mark.parametrize('harm', [lambda p: p.write_bytes(p.read_bytes()[:-9]), lambda p: p.write_bytes(p.read_bytes()[:999] + b'x' + p.read_bytes()[1000:]), lambda p: p.unlink()])
def test_an_altered_encoder_is_refused(copied, harm):
    harm(next(copied.glob('*/encoder.npz')))
    with pytest.raises(MatcherError, match='encoder.npz: (altered|missing)'): SongMatcher.load(copied)


def test_pictures_of_many_numbers(fitted, folder, tmp_path):
    assert fitted.to_plane().shape == (14, 2) and -1e-9 <= fitted.to_plane().min() and fitted.to_plane().max() <= 1 + 1e-9
    for i, song in enumerate([None, fitted.songs_.path[1], folder.parent/f'{USED[0]} 2.flac']):
        fitted.plot(song).figure.savefig(tmp_path/f'{i}.png')
    assert 'sounds like' in fitted.plot(song).get_title()


def mixed(folder, to):
    "Whatever may lie in a folder. The names of what is no song."
    to.mkdir()
    for style in USED[:3]:
        for i in 0, 1: shutil.copy(folder/f'{style} {i}.flac', to)
    rng, x = np.random.default_rng(0), make_song('chiptune', 0, seconds=5).mean(1)
    shutil.copy(folder/f'{USED[0]} 0.flac', to/'duplicate.flac')
    write(to/'telephone.wav', x[::5]*.8, 8820); write(to/'mono 8 kHz.wav', rng.standard_normal(8000*6)*.1, 8000)
    write(to/'96 kHz.flac', rng.standard_normal((96000*5, 2))*.1, 96000)
    write(to/'one second.wav', x[:SAMPLE_RATE])
    with sf.SoundFile(to/'long.ogg', 'w', PATCH_RATE, 1, format='OGG', subtype='VORBIS') as f:
        second = rng.standard_normal(PATCH_RATE)*.1
        for i in range(30*60): f.write(np.roll(second, 97*i))
    write(to/'starts late.wav', np.concatenate([np.zeros(20*SAMPLE_RATE), x]))
    (to/'broken.mp3').write_text('no song'); write(to/'silent.wav', np.zeros(3*SAMPLE_RATE)); write(to/'blip.wav', x[:SAMPLE_RATE//2])
    (to/'half.flac').write_bytes((to/'96 kHz.flac').read_bytes()[:200_000])
    (to/'notes.txt').write_text('not even audio by its name')
    return ['blip.wav', 'broken.mp3', 'half.flac', 'silent.wav']


def test_a_folder_of_everything(folder, tmp_path, cache):
    bad = mixed(folder, tmp_path/'m')
    m = SongMatcher().fit(tmp_path/'m', progress=False)
    assert [e.path.name for e in m.failed_] == bad and len(m.songs_) == 13 and np.isfinite(m.codes_).all()
    np.testing.assert_allclose(np.linalg.norm(m.codes_, axis=1), 1, rtol=1e-5)
    codes, _, failed, _ = m.encoder.encode(tmp_path/'m')
    np.testing.assert_allclose(codes, m.codes_, atol=1e-6); assert [e.path.name for e in failed] == bad
    original, copy = (np.flatnonzero(m.songs_.path.str.endswith(s))[0] for s in (f'{USED[0]} 0.flac', 'duplicate.flac'))
    np.testing.assert_allclose(m.codes_[original], m.codes_[copy], atol=1e-6)      # rows of one product may differ in the last bit
    assert not {m.songs_.path.iloc[original], m.songs_.path.iloc[copy]} & set(m.recommend(m.songs_.path.iloc[copy], 99).index)     # it is the same song
    assert m.songs_.duration.max() == 1800 and m.recommend(tmp_path/'m'/'long.ogg', 99).distance.notna().all()
    assert not list(cache.iterdir())


@pytest.mark.parametrize('n', [2, 3])
def test_two_songs_are_enough(folder, tmp_path, n, cache):
    m = SongMatcher().fit(sorted(folder.iterdir())[:n], progress=False)
    assert len(m.recommend(m.songs_.path[1], 5)) == n - 1 and m.codes_.shape == (n, n - 1)
    m.save(tmp_path/'few.songae'); m.plot(m.songs_.path[1]).figure.canvas.draw(); m.plot().figure.canvas.draw()
    assert len(SongMatcher.load(tmp_path/'few.songae').add(sorted(folder.iterdir())[n:n + 2], progress=False)) == 2


def test_copies_of_one_song_are_no_disaster(folder, tmp_path, cache):
    for i in range(3): shutil.copy(folder/f'{USED[0]} 0.flac', tmp_path/f'{i}.flac')
    m = SongMatcher().fit(tmp_path, progress=False)
    assert np.isfinite(m.codes_).all() and m.recommend(tmp_path/'0.flac', include_self=True).distance.tolist() == [0]*3


def test_one_song_that_can_be_used_is_not_enough(folder, tmp_path, cache):
    shutil.copy(folder/f'{USED[0]} 0.flac', tmp_path/'a.flac'); (tmp_path/'broken.mp3').write_text('no song')
    with pytest.raises(ValueError, match='two songs or more; 1 could be used\n.*broken.mp3: not audio'): SongMatcher().fit(tmp_path, progress=False)
    (tmp_path/'a.flac').unlink()
    with pytest.raises(ValueError, match='two songs or more; 0 could be used'): SongMatcher().fit(tmp_path, progress=False)


def test_an_interrupted_fit_goes_on(fitted, folder, cache, decoded, monkeypatch):
    spy = songae.matcher.read_songs
    def tired(paths, encoder):
        for i, reading in enumerate(spy(paths, encoder)):
            if i == 5: raise KeyboardInterrupt
            yield reading
    with monkeypatch.context() as m:
        m.setattr(songae.matcher, 'read_songs', tired)
        with pytest.raises(KeyboardInterrupt): SongMatcher().fit(folder, progress=False)
    (kept,) = cache.glob('*.db')
    done = {Path(p).name for p, in catalog.connect(kept).rows('select path from songs')}
    assert len(done) == 5; decoded.clear()
    m = SongMatcher().fit(folder, progress=False)
    assert len(decoded) == 14 - len(done) and not done & set(decoded)
    np.testing.assert_array_equal(m.codes_, fitted.codes_)
    assert not list(cache.iterdir())


def test_interrupted_after_reading_it_reads_nothing_again(folder, cache, decoded, monkeypatch):
    def tired(*args, **kw): raise KeyboardInterrupt
    with monkeypatch.context() as m:
        m.setattr('songae.encoders.fit_lda', tired)
        with pytest.raises(KeyboardInterrupt): SongMatcher().fit(folder, progress=False)
    assert len(decoded) == 14; decoded.clear()
    SongMatcher().fit(folder, progress=False)
    assert not decoded and not list(cache.iterdir())


def test_nothing_is_kept_where_nothing_is_to_be_resumed(folder, cache):
    SongMatcher().fit(sorted(folder.iterdir())[:2], resume=False, progress=False)
    assert not cache.exists()


def test_a_second_fit_of_the_same_songs_has_to_wait(folder, cache, monkeypatch):
    fit_lda, told = songae.encoders.fit_lda, []
    def meanwhile(*args, **kw):
        with pytest.raises(ValueError, match=r'pytest|process \d+.* is writing to it'): SongMatcher().fit(folder, progress=False)
        told.append(len(SongMatcher().fit(sorted(folder.iterdir())[:2], resume=False, progress=False).songs_))      # other songs are free
        return fit_lda(*args, **kw)
    def once(*args, **kw): monkeypatch.setattr('songae.encoders.fit_lda', fit_lda); return meanwhile(*args, **kw)
    monkeypatch.setattr('songae.encoders.fit_lda', once)
    assert len(SongMatcher().fit(folder, progress=False).songs_) == 14 and told == [2] and not list(cache.iterdir())


def test_the_command_line(folder, tmp_path):
    shutil.copytree(folder, tmp_path/'music'); (tmp_path/'music'/'broken.mp3').write_text('no song')
    new = folder.parent/f'{USED[0]} 2.flac'
    p = shell('fit', 'music', cwd=tmp_path)
    assert '14 songs, saved in my.songae' in p.stdout and 'broken.mp3: not audio' in p.stderr and 'padded' not in p.stderr and '15/15' in p.stderr
    rows = json.loads(shell('match', new, '-k', 3, '--json', cwd=tmp_path).stdout)
    assert len(rows) == 3 and [r['distance'] for r in rows] == sorted(r['distance'] for r in rows) and any(USED[0] in r['title'] for r in rows)
    p = shell('match', new, '--plot', 'match.png', cwd=tmp_path)
    assert rows[0]['title'] in p.stdout and (tmp_path/'match.png').read_bytes().startswith(b'\x89PNG')
    assert '1 songs added, 15 in my.songae' in shell('add', new, 'music', cwd=tmp_path).stdout
    info = json.loads(shell('info', '--json', cwd=tmp_path).stdout)
    assert info['songs'] == 15 and info['encoder'] == 'patches' and info['code_size'] == 128 and 'loss' not in info
    assert 'patches' in shell('info', cwd=tmp_path).stdout


def test_what_an_interrupted_fit_left_is_removed_after_a_week(folder, cache):
    cache.mkdir(parents=True, exist_ok=True)
    for name, days in ('old.db', 8), ('new.db', 6):
        (cache/name).touch(); os.utime(cache/name, 2*(time.time() - days*24*3600,))
    SongMatcher().fit(sorted(folder.iterdir())[:2], progress=False)
    assert [p.name for p in cache.iterdir()] == ['new.db']


def test_arrays_of_a_stranger_are_checked_before_they_are_read(copied, tmp_path):
    import zipfile

    from songae.encoders import read_arrays
    (own,) = copied.glob('*/encoder.npz')
    arrays = read_arrays(own)
    assert set(arrays) == {'mean', 'projection', 'ratio'}
    header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (100000, 100000), }"
    header += b' '*(117 - len(header)) + b'\n'
    lie = tmp_path/'lie.npz'
    with zipfile.ZipFile(lie, 'w') as z: z.writestr('mean.npy', b'\x93NUMPY\1\0' + len(header).to_bytes(2, 'little') + header + bytes(99))
    with pytest.raises(ValueError, match='mean.npy is not what its header says'): read_arrays(lie)
    np.savez(lie, mean=np.array([{}], object))
    with pytest.raises(ValueError, match='not what its header says'): read_arrays(lie)
    np.savez(lie, **arrays | dict(ratio=arrays['ratio'][:3]))
    with pytest.raises(ValueError, match='do not fit together'): songae.encoders.PatchEncoder().set_arrays(read_arrays(lie))
    with pytest.raises(ValueError, match='more than 10 bytes'): read_arrays(own, limit=10)
