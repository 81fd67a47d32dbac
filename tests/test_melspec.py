"Patches are the same for the same sound, however loud, and lie where they should."
import numpy as np
import pytest
from conftest import write

from songae.files import AudioError
from songae.melspec import N_PATCHES, PATCH_RATE, PATCH_SAMPLES, log_mel, mel_filters, normalize_level, patches

SHAPE = 64, 96


def noise(seconds, seed=0, sr=PATCH_RATE):
    "Something that is different at every time."
    x = np.random.default_rng(seed).standard_normal(int(seconds*sr))*.1
    return x*(1.2 + np.sin(2*np.pi*3*np.arange(len(x))/sr + seed))


def wav(path, x, sr=PATCH_RATE): path.parent.mkdir(exist_ok=True); return write(path, x, sr) if path.suffix == '.flac' else exact(path, x, sr)


def exact(path, x, sr):
    import soundfile as sf
    sf.write(path, x, sr, subtype='FLOAT')
    return path


def test_thirty_patches_that_differ(tmp_path):
    thirty = patches(wav(tmp_path/'a.wav', noise(20)))
    assert thirty.shape == (N_PATCHES, *SHAPE) and thirty.dtype == np.float16
    assert len(np.unique(thirty.reshape(30, -1), axis=0)) == 30
    np.testing.assert_allclose(thirty.astype(np.float32).mean((1, 2)), 0, atol=.02)
    assert (np.ptp(thirty.astype(np.float32), axis=(1, 2)) <= 80.1).all()


def test_patches_lie_where_they_should(tmp_path):
    x = noise(20)
    p, n = wav(tmp_path/'a.wav', x), len(x) - PATCH_SAMPLES
    for row, place in zip(patches(p), np.arange(30)/29):
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
    assert (np.ptp(patches(p).astype(np.float32), axis=(1, 2)) > 10).all()


def test_a_song_of_one_second_is_used_thirty_times(tmp_path):
    x = patches(wav(tmp_path/'a.wav', noise(1.)))
    np.testing.assert_array_equal(x, x[:1].repeat(30, 0))
    assert np.ptp(x[0, :38].astype(np.float32)) > 20 and (x[0, 50:] == x[0, 50, 0]).all()      # then silence


def test_a_song_that_sounds_in_one_place_is_that_place(tmp_path):
    x, n = np.zeros(200*PATCH_RATE), 200*PATCH_RATE - PATCH_SAMPLES
    x[round(n/29):][:PATCH_SAMPLES] = noise(2)[:PATCH_SAMPLES]      # sounds at the second of thirty places, and no other
    got = patches(wav(tmp_path/'a.wav', x))
    assert (got == got[0]).all() and np.ptp(got[0].astype(np.float32)) > 20
    x[:] = 0
    with pytest.raises(AudioError, match='silent, in all 30 places'): patches(wav(tmp_path/'b.wav', x))
