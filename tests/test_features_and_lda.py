"Features and LDA against their definitions: statistics, patterns, scatter, and the directions that tell songs apart."
import subprocess
import sys

import numpy as np
import pytest
from scipy.fft import dctn

from songae.encoders import PatchEncoder
from songae.features import (N_BANDS, N_FEATURES, band_correlations, band_statistics, cosines, intervals, octave_patterns,
                             patch_features, pattern_statistics, patterns, scale_bands)
from songae.lda import Scatter, between_scatter, fit_lda, gather, lda, make_profile, normalize
from songae.melspec import Patches


@pytest.fixture
def rng(): return np.random.default_rng(0)


def made_songs(n, seed=0, patches=30):
    "Songs as patches: each has spectra of its own, and its patches differ by noise."
    rng = np.random.default_rng(seed)
    def made(frames, bands): return (8*rng.standard_normal(bands) + 6*rng.standard_normal((patches, frames, bands))).astype(np.float16)
    return [Patches(made(64, 96), made(7, 216)) for _ in range(n)]


def some(p, *which): return Patches(*(part[slice(*which)] for part in p))


@pytest.fixture(scope='module')
def songs(): return made_songs(20)


@pytest.fixture(scope='module')
def fitted(songs): return learn(songs)


def profiles(songs, f=patch_features): return (make_profile(f(p)) for p in songs)


def learn(songs, **settings): return PatchEncoder(**settings).learn(*gather(profiles(songs)))


def encode(encoder, p): return encoder.encode_means(patch_features(p).mean(0))


def test_cosines_are_a_basis():
    for n in 3, 8, 12: np.testing.assert_allclose(cosines(n).T @ cosines(n), np.eye(n), atol=1e-6)
    assert (cosines(8)[:, 0] == cosines(8)[0, 0]).all()


def test_patterns_are_the_cosine_transform_of_faded_pieces(rng):
    x = rng.standard_normal((2, 10, 96)).astype(np.float32)
    got, fade = patterns(x).reshape(2, 8, 3, 23, 8), np.sin(np.pi*(np.arange(8) + .5)/8)
    for p, t, b in [(0, 0, 0), (1, 7, 22), (0, 3, 11)]:
        piece = x[p, t:t + 3, 4*b:4*b + 8]*fade
        np.testing.assert_allclose(got[p, t, :, b], dctn(piece, norm='ortho'), atol=1e-5)
    assert patterns(x, bands=12, frames=1).shape == (2, 10, 15*12)


def test_patches_do_not_mix(rng):
    p = Patches(rng.standard_normal((3, 64, 96)), rng.standard_normal((3, 7, 216)))
    for i in range(3): np.testing.assert_allclose(patch_features(p)[i], patch_features(some(p, i, i + 1))[0], atol=1e-5)


def test_a_band_that_comes_and_goes_is_in_the_patterns_near_it_alone():
    "A tone that comes and goes varies in patterns at its bands, and in no others."
    x = np.zeros((1, 64, 96), np.float32)
    x[:, ::8, 40] = 3
    spread = pattern_statistics(patterns(x))[0, :552].reshape(3, 23, 8)
    near = [b for b in range(23) if 4*b <= 40 < 4*b + 8]
    assert near == [9, 10] and (spread[:, near, 0] > -3).all() and np.delete(spread, near, 1).max() < -4


def test_statistics_by_their_definitions(rng):
    x = 3*rng.standard_normal((4, 64, 96)) + 2
    spread = np.sqrt(x.var(1) + 1e-5)
    expected = [x.mean(1), spread, x.max(1), x.min(1), np.abs(x[:, 1:] - x[:, :-1]).mean(1), band_correlations(x)]
    np.testing.assert_allclose(band_statistics(x), np.concatenate(expected, 1), atol=1e-9)
    y = rng.standard_normal((4, 62, 50))
    expected = [np.log(np.sqrt(y.var(1) + 1e-5) + .01), y.max(1), y.min(1)]
    np.testing.assert_allclose(pattern_statistics(y), np.concatenate(expected, 1), atol=1e-9)
    np.testing.assert_allclose(pattern_statistics(y[:, rng.permutation(62)]), pattern_statistics(y), atol=1e-9)


def test_intervals_by_their_definition(rng):
    q = rng.standard_normal((2, 7, 216))
    got = intervals(q).reshape(2, 6, 72)
    notes = np.zeros((2, 7, 216 + 72))
    padded = np.pad(q, ((0, 0), (0, 0), (18, 18)), mode='symmetric')
    for b in range(216): notes[:, :, b] = np.maximum(q[:, :, b] - padded[:, :, b:b + 37].mean(2), 0)
    for p, octave, interval in [(0, 0, 1), (1, 2, 21), (0, 5, 30), (1, 5, 72)]:
        here = notes[p, :, 36*octave:36*octave + 36]
        there = notes[p, :, 36*octave + interval:36*octave + interval + 36]
        assert got[p, octave, interval - 1] == pytest.approx((here*there).sum()/((here**2).sum() + .01), rel=1e-6)


def test_a_fifth_is_a_fifth_in_any_key():
    def sounding(low):
        q = np.zeros((1, 7, 216))
        q[:, :, [low, low + 21]] = 4
        return q
    profiles = [intervals(sounding(72 + 3*key)).reshape(6, 72)[2] for key in range(5)]
    for p in profiles: assert p.argmax() == 20 and p[20] > 5*np.delete(p, 20).max()
    np.testing.assert_allclose(profiles[1:], profiles[:1]*4, atol=.02)


def test_patterns_of_pitch_are_averaged_over_each_octave(rng):
    q = rng.standard_normal((3, 7, 216))
    got = octave_patterns(q).reshape(3, 2, 6, 12)
    all_places = pattern_statistics(patterns(q, bands=12, frames=1), lowest=False).reshape(3, 2, 35, 12)
    np.testing.assert_allclose(got[:, :, 1], all_places[:, :, 6:12].mean(2)); np.testing.assert_allclose(got[:, :, 5], all_places[:, :, 30:].mean(2))


def test_bands_that_rise_and_fall_together(rng):
    x = 20*rng.standard_normal((4, 64, 96))
    bands = x.reshape(4, 64, N_BANDS, 4).mean(3)
    expected = np.stack([np.corrcoef(b.T)[np.triu_indices(N_BANDS, 1)] for b in bands])
    assert expected.shape == (4, 276)
    np.testing.assert_allclose(band_correlations(x), expected, atol=1e-4)
    assert not band_correlations(np.ones((1, 64, 96))).any()          # what does not move correlates with nothing, and is not NaN


def test_a_constant_has_no_spread_and_no_nan():
    h = patch_features(Patches(np.full((1, 64, 96), 1000., np.float32), np.full((1, 7, 216), 1000., np.float32)))
    assert np.isfinite(h).all() and h[0, 96:192].max() < 1 and h.shape == (1, N_FEATURES)


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
    means, scatter = gather(map(make_profile, h[:4]))
    assert fit_lda(means, scatter).projection.shape == (6, 3)


def test_normalized_codes_have_length_one_and_zeros_stay(rng):
    x = normalize(np.vstack([rng.standard_normal((5, 9))*1e6, rng.standard_normal((5, 9))*1e-6, np.zeros((1, 9))]))
    np.testing.assert_allclose(np.linalg.norm(x, axis=1), [1]*10 + [0])


def test_bands_of_music_are_brought_near_mean_0_and_spread_1():
    from songae.demo import demo_songs
    from songae.melspec import patches
    x = scale_bands(np.stack([patches(p).mel for p in demo_songs().path[:6]])).reshape(-1, 96)
    assert np.abs(x.mean(0)).mean() < .6 and .5 < x.std(0).mean() < 1.6 and x.dtype == np.float32


def test_a_code_has_length_one_and_says_which_song(songs, fitted):
    codes = np.stack([encode(fitted, some(x, None, None, 3)) for x in songs])
    assert codes.shape == (20, 19) and codes.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(codes, axis=1), 1, rtol=1e-5)
    others = np.stack([encode(fitted, some(x, 1, None, 3)) for x in songs])        # the same songs at other places
    assert (np.linalg.norm(codes[:, None] - others, axis=2).argmin(1) == np.arange(20)).all()


def test_unknown_songs_are_told_apart_too(fitted):
    new = made_songs(10, seed=5)
    a, b = (np.stack([encode(fitted, some(x, i, None, 3)) for x in new]) for i in (0, 1))
    assert (np.linalg.norm(a[:, None] - b, axis=2).argmin(1) == np.arange(10)).mean() >= .9


@pytest.mark.parametrize('n', [2, 3, 20])
def test_few_songs(n, songs):
    e = learn(songs[:n])
    codes = np.stack([encode(e, some(x, None, None, 3)) for x in songs[:n]])
    assert codes.shape == (n, n - 1) and np.isfinite(codes).all() and e.lda_.ratio.shape == (n - 1,) and (np.diff(e.lda_.ratio) <= 0).all()
    assert len(np.unique(codes.round(3), axis=0)) == n


def test_a_smaller_code(songs):
    e = learn(songs, code_size=4)
    assert encode(e, songs[0]).shape == (4,) and e.lda_.projection.shape[1] == 4


def test_one_song_is_not_enough(songs):
    with pytest.raises(ValueError, match='two songs or more are needed.*there is 1'): learn(songs[:1])


def test_the_same_song_twice_is_no_reason_for_nan(songs):
    e = learn([songs[0]]*2)
    assert np.isfinite(encode(e, some(songs[0], None, None, 3))).all() and e.lda_.ratio[0] < 1e-3
    e = learn([songs[i] for i in (0, 0, 1, 1, 2)])
    codes = np.stack([encode(e, some(x, None, None, 3)) for x in (songs[i] for i in (0, 0, 1, 1, 2))])
    np.testing.assert_array_equal(codes[0], codes[1]); assert np.isfinite(codes).all() and np.linalg.norm(codes[0] - codes[2]) > .1


def test_the_order_of_songs_does_not_count(songs):
    a, b = (learn([songs[i] for i in order]) for order in ((7, 2, 11, 5, 3), (2, 3, 5, 7, 11)))
    np.testing.assert_allclose(a.lda_.mean, b.lda_.mean, atol=1e-5)
    np.testing.assert_allclose(a.lda_.ratio, b.lda_.ratio, rtol=1e-3)


def test_nothing_is_drawn_at_random(songs):
    a, b = learn(songs[:5]), learn(songs[:5])
    for k in a.arrays(): np.testing.assert_array_equal(a.arrays()[k], b.arrays()[k])


def test_what_an_older_version_learned_says_so(songs):
    e = learn(songs[:5])
    e.lda_ = e.lda_._replace(mean=np.zeros(3060, np.float32), projection=np.zeros((3060, 4), np.float32))
    with pytest.raises(ValueError, match='learned by an older version of songae: `songae sync`'): encode(e, songs[0])


def test_a_saved_encoder_is_the_same(tmp_path, songs, fitted):
    fitted.save(tmp_path)
    again = PatchEncoder().load(tmp_path)
    assert again.arrays().keys() == fitted.arrays().keys()
    np.testing.assert_array_equal(encode(again, some(songs[0], None, None, 3)), encode(fitted, some(songs[0], None, None, 3)))
    np.load(tmp_path/'encoder.npz', allow_pickle=False)['projection']


def test_how_loud_a_song_is_does_not_change_its_code(tmp_path, fitted):
    from conftest import write

    from songae.demo import make_song
    x = make_song('rock', 0, seconds=6)
    a, b = (fitted.encode_song(write(tmp_path/f'{g}.flac', g*x)) for g in (.9, .45))
    assert np.linalg.norm(a - b) < .05


def test_a_projection_of_the_bare_bands(songs):
    def bare(p): return band_statistics(scale_bands(p.mel))
    learned = fit_lda(*gather(profiles(songs, bare)))
    assert learned.encode(bare(songs[0]).mean(0)).shape == (19,) and len(learned.mean) == 5*96 + 276


def test_the_default_encoder_needs_no_tensorflow():
    code = 'import sys, songae.encoders, songae.matcher; assert not {"tensorflow", "keras", "torch", "librosa"} & set(sys.modules)'
    p = subprocess.run([sys.executable, '-c', code], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
