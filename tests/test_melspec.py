"Patches are the same for the same sound; the file that keeps them survives what happens to long computations."
import io
import os
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import redirect_stderr

import numpy as np
import pytest
from conftest import write

import songae.encoders
from songae.audio import AudioError
from songae.basics import prefetch
from songae.encoders import PatchFile, collect_patches
from songae.melspec import (N_PATCHES, N_TRAINING_PATCHES, PATCH_RATE, PATCH_SAMPLES, log_mel, mel_filters,
                            normalize_level, patches)

SHAPE = 64, 96


def same(a, b): np.testing.assert_allclose(a.astype(np.float32), b.astype(np.float32), atol=.05)      # dB; a product on two cores rounds otherwise


def noise(seconds, seed=0, sr=PATCH_RATE):
    "Something that is different at every time."
    x = np.random.default_rng(seed).standard_normal(int(seconds*sr))*.1
    return x*(1.2 + np.sin(2*np.pi*3*np.arange(len(x))/sr + seed))


def wav(path, x, sr=PATCH_RATE): path.parent.mkdir(exist_ok=True); return write(path, x, sr) if path.suffix == '.flac' else exact(path, x, sr)


def exact(path, x, sr):
    import soundfile as sf
    sf.write(path, x, sr, subtype='FLOAT')
    return path


def made(x): return np.float16(x)*np.ones((N_TRAINING_PATCHES, *SHAPE), np.float16)


def test_thirty_patches_and_every_third_is_one_of_the_ten(tmp_path):
    p = wav(tmp_path/'a.wav', noise(20))
    ten, thirty = patches(p), patches(p, N_TRAINING_PATCHES)
    assert ten.shape == (10, *SHAPE) and thirty.shape == (30, *SHAPE) and ten.dtype == thirty.dtype == np.float16
    same(thirty[::3], ten)
    assert len(np.unique(thirty.reshape(30, -1), axis=0)) == 30
    np.testing.assert_allclose(thirty.astype(np.float32).mean((1, 2)), 0, atol=.02)
    assert (np.ptp(thirty.astype(np.float32), axis=(1, 2)) <= 80.1).all()


def test_patches_lie_where_they_should(tmp_path):
    x = noise(20)
    p, n = wav(tmp_path/'a.wav', x), len(x) - PATCH_SAMPLES
    for row, place in zip(patches(p), np.arange(0, 30, 3)/29):
        here = x[round(place*n):][:PATCH_SAMPLES].astype(np.float32)
        np.testing.assert_allclose(row, normalize_level(log_mel(here)), atol=.06)


def test_log_mel_is_the_power_of_a_windowed_frame_in_triangles():
    x = noise(.5).astype(np.float32)
    got = log_mel(x)
    frame = x[5*512:5*512 + 2048]*np.hanning(2049)[:-1]
    power = np.abs(np.fft.rfft(frame))**2
    np.testing.assert_allclose(got[5], 10*np.log10(power @ mel_filters().astype(float) + 1e-9), atol=1e-3)
    assert len(got) == (len(x) - 2048)//512 + 1 and got.dtype == np.float32
    inside = mel_filters().sum(1)[10:-60]                   # triangles that overlap to one, but for the two ends
    np.testing.assert_allclose(inside, 1, atol=1e-4)


def test_how_loud_a_song_is_says_nothing(tmp_path):
    x = noise(20)
    a, b, c = (patches(wav(tmp_path/f'{g}.wav', g*x)).astype(np.float32) for g in (1, .5012, .05))
    assert np.abs(a - b).max() < .1 and np.abs(a - c).max() < .1


def test_far_below_the_loudest_all_is_silence():
    x = np.full((1, 64, 96), -200.); x[0, 0, 0] = 10; x[0, 1, 1] = -69; x[0, 2, 2] = -71
    got = normalize_level(x)[0]
    assert got[2, 2] == got[9, 9] and got[1, 1] - got[9, 9] == 1 and got.max() - got.min() == 80 and abs(got.mean()) < 1e-12


@pytest.mark.parametrize('where', ['first', 'second', 'a third', 'but a little'])
def test_only_what_sounds_is_used_of_a_song_with_silence(tmp_path, where):
    x, n = noise(30), 30*PATCH_RATE
    x[dict(first=slice(n//2), second=slice(n//2, n))[where] if where in ('first', 'second') else slice(n//3, n) if where == 'a third' else slice(n//8, n)] = 0
    p = wav(tmp_path/'a.wav', x)
    ten, thirty = patches(p), patches(p, N_TRAINING_PATCHES)
    assert (np.ptp(ten.astype(np.float32), axis=(1, 2)) > 10).all() and (np.ptp(thirty.astype(np.float32), axis=(1, 2)) > 10).all()
    same(thirty[::3], ten)         # a stored code is that of a query, in this case too


def test_a_song_of_one_second_is_used_ten_times(tmp_path):
    x = patches(wav(tmp_path/'a.wav', noise(1.)))
    np.testing.assert_array_equal(x, x[:1].repeat(10, 0))
    assert np.ptp(x[0, :38].astype(np.float32)) > 20 and (x[0, 50:] == x[0, 50, 0]).all()      # then silence


def test_a_song_that_no_query_could_decode_is_none_for_training(tmp_path):
    x, n = np.zeros(200*PATCH_RATE), 200*PATCH_RATE - PATCH_SAMPLES
    x[round(n/29):][:PATCH_RATE] = noise(1)                         # sounds at the second of thirty places, and no other
    p = wav(tmp_path/'a.wav', x)
    for many in N_PATCHES, N_TRAINING_PATCHES:
        with pytest.raises(AudioError, match='silent'): patches(p, many)


def test_patches_in_a_file_are_what_was_put_in(tmp_path):
    file = PatchFile(tmp_path/'deep'/'a.patches')
    for i, key in enumerate('a b c'.split()): file.append(key, made(i))
    for f in file, PatchFile(file.path):
        x = f.read()
        assert x.shape == (3, 30, *SHAPE) and x.dtype == np.float16 and f.rows == dict(a=0, b=1, c=2)
        assert [x[i].min() for i in range(3)] == [x[i].max() for i in range(3)] == [0, 1, 2]
    file.delete()
    assert not list(file.path.parent.iterdir())
    file.delete()                                           # nothing there, nothing to complain about


def log(file): return file.path.with_suffix('.songs')
def half_record(file):
    with open(file.path, 'ab') as f: f.write(made(9).tobytes()[:1000])
def half_word(file):
    with open(log(file), 'a') as f: f.write('the beginning of a k')
def data_lost(file): os.truncate(file.path, 2*file.song_bytes + 77)
def all_lost(file): os.truncate(file.path, 0)
def log_lost(file): log(file).unlink()


@pytest.mark.parametrize('harm, left', [(half_record, 3), (half_word, 3), (data_lost, 2), (all_lost, 0), (log_lost, 0)])
def test_a_file_goes_on_after_an_interruption(tmp_path, harm, left):
    file = PatchFile(tmp_path/'a.patches')
    for i, key in enumerate('abc'): file.append(key, made(i))
    harm(file)
    for extra in 'de':                                      # interrupted, and each time gone on with
        file = PatchFile(tmp_path/'a.patches')
        file.append(extra, made(ord(extra)))
    expected = list('abc'[:left]) + ['d', 'e']
    again = PatchFile(tmp_path/'a.patches')
    x, rows = again.read(), list(again.rows.values())
    assert list(again.rows) == expected and rows == list(range(left + 2))
    assert [float(x[r].mean(dtype=np.float64)) for r in rows] == [float(ord(k) if k in 'de' else 'abc'.index(k)) for k in expected]
    assert log(again).read_bytes() == b''.join(k.encode() + b'\0' for k in expected)


def test_a_key_may_hold_line_breaks(tmp_path):
    keys = ['a\nb', 'a\rb', 'a\r\nb', 'ü 日本']
    file = PatchFile(tmp_path/'a.patches')
    for i, k in enumerate(keys): file.append(k, made(i))
    assert list(PatchFile(file.path).rows) == keys


@pytest.fixture
def songs(tmp_path): return [wav(tmp_path/'songs'/f'{i}.wav', noise(2, i)) for i in range(5)]


@pytest.fixture
def decoded(monkeypatch):
    "The names of files that are decoded."
    names, real = [], songae.encoders.patches
    def spy(p, *args): names.append(p.name); return real(p, *args)
    monkeypatch.setattr(songae.encoders, 'patches', spy)
    return names


def test_collect_lists_what_is_no_song_and_goes_on(tmp_path, songs):
    bad, quiet = tmp_path/'bad.mp3', wav(tmp_path/'quiet.wav', np.zeros(3*PATCH_RATE)); bad.write_text('dear ear')
    mixed = [bad, songs[0], tmp_path/'gone.wav', *songs[1:4], quiet, songs[4]]
    file = PatchFile(tmp_path/'a.patches')
    rows, good, failed = collect_patches(mixed, file, progress=False)
    assert good == songs and [e.path.name for e in failed] == ['bad.mp3', 'gone.wav', 'quiet.wav'] and rows.tolist() == [0, 1, 2, 3, 4]
    assert [e.reason[:12] for e in failed] == ['not audio, o', 'no such file', 'silent in th']
    x = file.read()
    for r, p in zip(rows, songs): same(x[r], patches(p, N_TRAINING_PATCHES))


def test_collect_of_nothing_that_sounds(tmp_path):
    rows, good, failed = collect_patches([tmp_path/'gone.wav'], PatchFile(tmp_path/'a.patches'), progress=False)
    assert len(rows) == 0 and good == [] and len(failed) == 1


def test_what_is_there_is_not_decoded_again(tmp_path, songs, decoded):
    collect_patches(songs[:3], PatchFile(tmp_path/'a.patches'), progress=False)
    assert sorted(decoded) == ['0.wav', '1.wav', '2.wav']; decoded.clear()
    rows, good, _ = collect_patches(songs[::-1], PatchFile(tmp_path/'a.patches'), progress=False)
    assert sorted(decoded) == ['3.wav', '4.wav'] and good == songs[::-1] and rows.tolist() == [3, 4, 2, 1, 0]


def test_a_replaced_file_is_decoded_anew(tmp_path, songs, decoded):
    file = PatchFile(tmp_path/'a.patches')
    collect_patches(songs, file, progress=False); decoded.clear()
    wav(songs[2], noise(3, 77))
    rows, good, _ = collect_patches(songs, file, progress=False)
    assert decoded == ['2.wav'] and good == songs and rows.tolist() == [0, 1, 5, 3, 4]
    same(file.read()[5], patches(songs[2], N_TRAINING_PATCHES))


def test_an_interrupted_collection_goes_on(tmp_path, songs, decoded, monkeypatch):
    spy = songae.encoders.patches
    def tired(p, *args):
        if p.name == '3.wav': raise KeyboardInterrupt
        return spy(p, *args)
    with monkeypatch.context() as m:
        m.setattr(songae.encoders, 'patches', tired)
        with pytest.raises(KeyboardInterrupt): collect_patches(songs, PatchFile(tmp_path/'a.patches'), progress=False)
    decoded.clear()
    rows, good, failed = collect_patches(songs, PatchFile(tmp_path/'a.patches'), progress=False)
    assert sorted(decoded) == ['3.wav', '4.wav'] and good == songs and not failed and rows.tolist() == [0, 1, 2, 3, 4]


def test_a_song_named_twice_is_kept_once(tmp_path, songs):
    file = PatchFile(tmp_path/'a.patches')
    rows, good, _ = collect_patches([songs[0], songs[0], songs[1]], file, progress=False)
    assert rows.tolist() == [0, 0, 1] and len(PatchFile(file.path).rows) == 2


def test_the_bar_ends_where_the_songs_end(tmp_path, songs):
    with redirect_stderr(io.StringIO()) as said: collect_patches(songs, PatchFile(tmp_path/'a.patches'))
    assert '5/5' in said.getvalue().splitlines()[-1].split('\r')[-1]


def test_a_slow_reader_is_not_run_ahead_of():
    started, taken, most, lock = 0, 0, 0, threading.Lock()
    def work(i):
        nonlocal started, most
        with lock: started += 1; most = max(most, started - taken)
        return i
    with ThreadPoolExecutor(4) as pool:
        got = []
        for i in prefetch(pool, work, range(50), n=5):
            got.append(i)
            while started < min(taken + 5, 50): pass         # the workers come as far as they may
            with lock: taken += 1
    assert got == list(range(50)) and most == 5


def test_prefetch_of_fewer_than_it_would_take():
    with ThreadPoolExecutor(2) as pool:
        assert list(prefetch(pool, str, range(3))) == ['0', '1', '2'] and list(prefetch(pool, str, [])) == []
