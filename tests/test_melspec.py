"Patches are the same for the same sound, however loud, and lie where they should."
import numpy as np
import pytest
from conftest import write

from songae.files import AudioError
from songae.melspec import (EXCERPT_SAMPLES, HOP_LENGTH, N_EXCERPTS, N_FFT, N_FRAMES, N_PATCHES, PATCH_RATE, PATCH_SAMPLES, PER_EXCERPT,
                            PITCH_FFT, PITCH_HOP, log_mel, mel_filters, normalize_level, patches, pitch_filters, pitch_spectrogram)

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
    for part, shape in zip(patches(wav(tmp_path/'a.wav', noise(60))), [SHAPE, (7, 216)]):
        assert part.shape == (N_PATCHES, *shape) and part.dtype == np.float16
        assert len(np.unique(part.reshape(30, -1), axis=0)) == 30
        np.testing.assert_allclose(part.astype(np.float32).mean((1, 2)), 0, atol=.02)
        assert (np.ptp(part.astype(np.float32), axis=(1, 2)) <= 80.1).all()


def test_patches_lie_where_they_should(tmp_path):
    x = noise(60)
    p, n = patches(wav(tmp_path/'a.wav', x)), len(x) - EXCERPT_SAMPLES
    for i in range(N_PATCHES):
        excerpt, part = divmod(i, PER_EXCERPT)
        here = x[round(excerpt/(N_EXCERPTS - 1)*n) + part*N_FRAMES*HOP_LENGTH:][:PATCH_SAMPLES].astype(np.float32)
        np.testing.assert_allclose(p.mel[i], normalize_level(log_mel(here)), atol=.06)
        np.testing.assert_allclose(p.pitch[i], normalize_level(pitch_spectrogram(here[:N_FRAMES*HOP_LENGTH])), atol=.06)


@pytest.mark.parametrize('midi', [33, 45, 57, 69, 81, 93])
def test_each_semitone_is_three_bands_up(midi):
    hz, t = 440*2**((midi - 69)/12), np.arange(PATCH_RATE)/PATCH_RATE
    tone = np.sin(2*np.pi*hz*t).astype(np.float32)
    assert pitch_spectrogram(tone).mean(0).argmax() == 3*(midi - 33)


def test_pitch_is_the_power_of_a_windowed_frame_in_triangles():
    x = noise(1.5).astype(np.float32)
    got = pitch_spectrogram(x)
    frame = x[2*PITCH_HOP:2*PITCH_HOP + PITCH_FFT]*np.hanning(PITCH_FFT + 1)[:-1]
    power = np.abs(np.fft.rfft(frame))**2
    np.testing.assert_allclose(got[2], 10*np.log10(power @ pitch_filters().toarray().astype(float) + 1e-9), atol=1e-3)
    assert len(got) == (len(x) - PITCH_FFT)//PITCH_HOP + 1 and got.dtype == np.float32


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
    loud, quiet, faint = (patches(wav(tmp_path/f'{g}.wav', g*x)) for g in (1, .5012, .05))
    for a, b, c in zip(loud, quiet, faint):
        a, b, c = (part.astype(np.float32) for part in (a, b, c))
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
    for part in patches(p): assert (np.ptp(part.astype(np.float32), axis=(1, 2)) > 10).all()


def test_a_song_of_one_second_is_used_thirty_times(tmp_path):
    x = patches(wav(tmp_path/'a.wav', noise(1.))).mel
    np.testing.assert_array_equal(x, x[:1].repeat(30, 0))
    assert np.ptp(x[0, :38].astype(np.float32)) > 20 and (x[0, 50:] == x[0, 50, 0]).all()      # then silence


def test_a_song_that_sounds_in_one_place_is_that_place(tmp_path):
    x, n = np.zeros(200*PATCH_RATE), 200*PATCH_RATE - EXCERPT_SAMPLES
    begins = round(n/9) + N_FRAMES*HOP_LENGTH + N_FFT      # within the second patch of the second excerpt, and no other
    x[begins:][:30*HOP_LENGTH] = noise(2)[:30*HOP_LENGTH]
    for got in patches(wav(tmp_path/'a.wav', x)): assert (got == got[0]).all() and np.ptp(got[0].astype(np.float32)) > 20
    x[:] = 0
    with pytest.raises(AudioError, match='silent, in all 10 places'): patches(wav(tmp_path/'b.wav', x))
