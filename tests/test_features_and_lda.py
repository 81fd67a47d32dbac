"Features and LDA against their definitions: convolution, statistics, scatter, and the directions that tell songs apart."
import subprocess
import sys

import numpy as np
import pytest
from scipy.signal import correlate

from songae.encoders import PatchEncoder
from songae.features import (N_BANDS, PatchFeatures, band_correlations, conv1d, max_pool, random_kernels, scale_bands,
                             temporal_statistics)
from songae.lda import Scatter, between_scatter, fit_lda, gather, lda, normalize


@pytest.fixture
def rng(): return np.random.default_rng(0)


def made_songs(n, seed=0, patches=30):
    "Songs as patches: each has a spectrum of its own, and its patches differ by noise."
    rng = np.random.default_rng(seed)
    spectra = 8*rng.standard_normal((n, 1, 1, 96))
    return (spectra + 6*rng.standard_normal((n, patches, 64, 96))).astype(np.float16)


@pytest.fixture(scope='module')
def songs(): return made_songs(20)


@pytest.fixture(scope='module')
def fitted(songs): return learn(songs)


def learn(songs, **settings):
    encoder = PatchEncoder(**settings)
    return encoder.learn(*gather(encoder.features(x) for x in songs))


def encode(encoder, x): return encoder.encode_means(encoder.features(x).mean(0))


def test_conv1d_is_a_correlation_in_time(rng):
    x, kernel, bias = rng.standard_normal((3, 10, 5)), rng.standard_normal((3, 5, 4)), rng.standard_normal(4)
    for patch, got in zip(x, conv1d(x, kernel, bias)):
        for o in range(4):
            plain = sum(correlate(np.pad(patch[:, c], 1), kernel[:, c, o], 'valid') for c in range(5)) + bias[o]
            np.testing.assert_allclose(got[:, o], np.maximum(plain, 0), atol=1e-12)


def test_patches_do_not_mix(rng):
    x, kernel, bias = rng.standard_normal((3, 10, 5)), rng.standard_normal((3, 5, 4)), np.zeros(4)
    for i in range(3): np.testing.assert_allclose(conv1d(x, kernel, bias)[i], conv1d(x[i:i + 1], kernel, bias)[0], atol=1e-12)


def test_max_pool_takes_the_larger_of_two_frames(rng):
    x = rng.standard_normal((3, 10, 5))
    np.testing.assert_array_equal(max_pool(x), x.reshape(3, 5, 2, 5).max(2))


def test_statistics_by_their_definitions(rng):
    x = 3*rng.standard_normal((4, 64, 96)) + 2
    parts = [x.mean(1), np.sqrt(x.var(1) + 1e-5), x.max(1)]
    np.testing.assert_allclose(temporal_statistics(x), np.concatenate(parts, 1), atol=1e-9)
    more = parts + [x.min(1), np.abs(x[:, 1:] - x[:, :-1]).mean(1), band_correlations(x)]
    np.testing.assert_allclose(temporal_statistics(x, more=True), np.concatenate(more, 1), atol=1e-9)
    np.testing.assert_allclose(temporal_statistics(x[:, rng.permutation(64)]), temporal_statistics(x), atol=1e-9)      # whatever the order of frames


def test_bands_that_rise_and_fall_together(rng):
    x = 20*rng.standard_normal((4, 64, 96))
    bands = x.reshape(4, 64, N_BANDS, 4).mean(3)
    expected = np.stack([np.corrcoef(b.T)[np.triu_indices(N_BANDS, 1)] for b in bands])
    assert expected.shape == (4, 276)
    np.testing.assert_allclose(band_correlations(x), expected, atol=1e-4)
    assert not band_correlations(np.ones((1, 64, 96))).any()          # what does not move correlates with nothing, and is not NaN


def test_a_constant_has_no_spread_and_no_nan():
    s = temporal_statistics(np.full((1, 64, 96), 1000., np.float32), more=True)
    assert np.isfinite(s).all() and s[0, 96:192].max() < 1


def test_kernels_keep_the_sound_as_loud_and_follow_the_seed(rng):
    x, k = rng.standard_normal((20, 64, 96)).astype(np.float32), random_kernels(128, depth=3, seed=1)
    power = []
    for i in range(3):
        x = conv1d(x, k[i], 0)
        power.append((x[:, 1:-1]**2).mean())
    assert .6 < min(power) and max(power) < 1.6 and k[0].shape == (3, 96, 128) and k[2].dtype == np.float32
    same, other = random_kernels(128, seed=1), random_kernels(128, seed=2)
    for a, b, c in zip(k, same, other):
        np.testing.assert_array_equal(a, b)
        assert (a != c).mean() > .99


@pytest.mark.parametrize('chunk', [1, 3, 8, 20])
def test_scatter_is_that_of_all_songs_at_once(rng, chunk):
    h = rng.standard_normal((20, 5, 7)) + 100*rng.standard_normal((20, 1, 7)) + 50
    s, m = Scatter(7), h.mean(1)
    for i in range(0, 20, chunk): s.add((h - m[:, None])[i:i + chunk])
    mean, between = between_scatter(m)
    within = sum(np.cov(song.T, bias=True) for song in h)
    assert s.n == 20
    np.testing.assert_allclose(mean, m.mean(0)); np.testing.assert_allclose(s.within, within)
    np.testing.assert_allclose(between, np.cov(m.T, bias=True), rtol=1e-4, atol=1e-2)


def scatters(h):
    "Within- and between-song scatter of one song."
    s, means = Scatter(h.shape[-1]), h.mean(1)
    s.add(h - means[:, None])
    return s.within/s.n, between_scatter(means)[1]


def test_directions_solve_the_eigenproblem(rng):
    h = rng.standard_normal((40, 6, 8)) @ rng.standard_normal((8, 8)) + rng.standard_normal((40, 1, 8))*[9, 3, 1, 1, 1, 1, 1, 1]
    (within, between), shrink = scatters(h), .1
    u, ratio = lda(within, between, 5, shrinkage=shrink)
    scale = np.sqrt(np.diag(within)) + 1e-4
    within = ((1 - shrink)*within/np.outer(scale, scale) + shrink*np.eye(8))*np.outer(scale, scale)
    assert u.shape == (8, 5) and (np.diff(ratio) <= 0).all() and ratio[-1] > 0
    np.testing.assert_allclose(between @ u, within @ u*ratio, rtol=1e-6, atol=1e-8)
    np.testing.assert_allclose(u.T @ within @ u, np.eye(5), atol=1e-9)
    other = np.linalg.eigvals(np.linalg.solve(within, between)).real
    np.testing.assert_allclose(ratio, np.sort(other)[::-1][:5], rtol=1e-6)


def test_a_planted_direction_is_found(rng):
    "Songs differ a lot along what also changes within them, and a little along what stays: the second tells them apart."
    stays, changes = np.linalg.qr(rng.standard_normal((10, 2)))[0].T
    a, b = rng.standard_normal((2, 60, 1))
    h = .01*rng.standard_normal((60, 8, 10)) + (a + .05*rng.standard_normal((60, 8)))[..., None]*stays
    h += 10*(b + 2*rng.standard_normal((60, 8)))[..., None]*changes
    u, ratio = lda(*scatters(h), 2, shrinkage=1e-6)
    seen, largest = h.mean(1) @ u[:, 0], np.linalg.svd(h.mean(1) - h.mean((0, 1)))[2][0]
    assert abs(np.corrcoef(seen, a[:, 0])[0, 1]) > .99 and abs(u[:, 0] @ changes) < .01*np.linalg.norm(u[:, 0]) and ratio[0] > 50*ratio[1]
    assert abs(largest @ changes) > .99                     # which is what principal components would have seen


def test_not_more_directions_than_there_are(rng):
    h = rng.standard_normal((20, 5, 6))
    assert lda(*scatters(h), 128)[0].shape == (6, 6) and lda(*scatters(h), 2)[0].shape == (6, 2)
    means, scatter = gather(h[:4])
    assert fit_lda(means, scatter).projection.shape == (6, 3)


def test_normalized_codes_have_length_one_and_zeros_stay(rng):
    x = normalize(np.vstack([rng.standard_normal((5, 9))*1e6, rng.standard_normal((5, 9))*1e-6, np.zeros((1, 9))]))
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), [1]*10 + [0])


def test_bands_of_music_are_brought_near_mean_0_and_spread_1():
    from songae.demo import demo_songs
    from songae.melspec import patches
    x = scale_bands(np.stack([patches(p) for p in demo_songs().path[:6]])).reshape(-1, 96)
    assert np.abs(x.mean(0)).mean() < .6 and .5 < x.std(0).mean() < 1.6 and x.dtype == np.float32


def test_a_code_has_length_one_and_says_which_song(songs, fitted):
    codes = np.stack([encode(fitted, x[::3]) for x in songs])
    assert codes.shape == (20, 19) and codes.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1, rtol=1e-5)
    others = np.stack([encode(fitted, x[1::3]) for x in songs])        # the same songs at other places
    assert (np.linalg.norm(codes[:, None] - others, axis=2).argmin(1) == np.arange(20)).all()


def test_unknown_songs_are_told_apart_too(fitted):
    new = made_songs(10, seed=5)
    a, b = (np.stack([encode(fitted, x[i::3]) for x in new]) for i in (0, 1))
    assert (np.linalg.norm(a[:, None] - b, axis=2).argmin(1) == np.arange(10)).mean() >= .9


@pytest.mark.parametrize('n', [2, 3, 20])
def test_few_songs(n, songs):
    e = learn(songs[:n])
    codes = np.stack([encode(e, x[::3]) for x in songs[:n]])
    assert codes.shape == (n, n - 1) and np.isfinite(codes).all() and e.lda_.ratio.shape == (n - 1,) and (np.diff(e.lda_.ratio) <= 0).all()
    assert len(np.unique(codes.round(3), axis=0)) == n


def test_a_smaller_code(songs):
    e = learn(songs, code_size=4)
    assert encode(e, songs[0]).shape == (4,) and e.lda_.projection.shape[1] == 4


def test_one_song_is_not_enough(songs):
    with pytest.raises(ValueError, match='two songs or more are needed.*there is 1'): learn(songs[:1])


def test_the_same_song_twice_is_no_reason_for_nan(songs):
    e = learn(songs[[0, 0]])
    assert np.isfinite(encode(e, songs[0][::3])).all() and e.lda_.ratio[0] < 1e-3
    e = learn(songs[[0, 0, 1, 1, 2]])
    codes = np.stack([encode(e, x[::3]) for x in songs[[0, 0, 1, 1, 2]]])
    np.testing.assert_array_equal(codes[0], codes[1]); assert np.isfinite(codes).all() and np.linalg.norm(codes[0] - codes[2]) > .1


def test_the_order_of_songs_does_not_count(songs):
    a, b = learn(songs[[7, 2, 11, 5, 3]]), learn(songs[[2, 3, 5, 7, 11]])
    np.testing.assert_allclose(a.lda_.mean, b.lda_.mean, atol=1e-5)
    np.testing.assert_allclose(a.lda_.ratio, b.lda_.ratio, rtol=1e-3)


def test_the_seed_decides(songs):
    a, b, c = (learn(songs[:5], seed=s) for s in (3, 3, 4))
    for k in a.arrays(): np.testing.assert_array_equal(a.arrays()[k], b.arrays()[k])
    assert not np.allclose(encode(a, songs[0]), encode(c, songs[0]), atol=1e-2)


def test_a_saved_encoder_is_the_same(tmp_path, songs, fitted):
    fitted.save(tmp_path)
    again = PatchEncoder().load(tmp_path)
    assert again.arrays().keys() == fitted.arrays().keys() and len(again.features.kernels) == 3 and again.version == fitted.version
    np.testing.assert_array_equal(encode(again, songs[0][::3]), encode(fitted, songs[0][::3]))
    np.load(tmp_path/'encoder.npz', allow_pickle=False)['projection']


def test_how_loud_a_song_is_does_not_change_its_code(tmp_path, fitted):
    from conftest import write

    from songae.demo import make_song
    x = make_song('rock', 0, seconds=6)
    a, b = (fitted.encode_song(write(tmp_path/f'{g}.flac', g*x)) for g in (.9, .45))
    assert np.linalg.norm(a - b) < .05


def test_a_projection_of_the_bare_bands(songs):
    bare = PatchFeatures([])       # no convolutions
    learned = fit_lda(*gather(bare(x) for x in songs))
    assert learned.encode(bare(songs[0]).mean(0)).shape == (19,) and len(learned.mean) == 5*96 + 276


def test_the_default_encoder_needs_no_tensorflow():
    code = 'import sys, songae.encoders, songae.matcher; assert not {"tensorflow", "keras", "torch", "librosa"} & set(sys.modules)'
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
