"Training by contrast: what a batch is, what the loss says, and that an interruption changes nothing."
import numpy as np
import pytest
from scipy.signal import correlate

import songae.contrast
from songae.autoencoders import keras
from songae.contrast import (ConvFeatures, batches, build_contrast, conv1d, patch_pairs, random_kernels, temporal_statistics,
                             to_features, train_contrast)
from songae.lda import fit_lda, gather, make_profile


@pytest.fixture(scope='module')
def x():
    "Six songs of ten patches, each with a spectrum of its own."
    rng = np.random.default_rng(0)
    return (rng.normal(size=(6, 1, 1, 96))*8 + rng.normal(size=(6, 10, 64, 96))*4).astype(np.float16)


def small(x, seed=0): return build_contrast(width=8, depth=2, code_size=8, seed=seed)


def test_pairs_are_two_different_patches_of_each_song():
    for seed in range(50):
        songs, when = patch_pairs(np.array([4, 1, 7]), 5, np.random.default_rng(seed))
        assert songs.tolist() == [4, 1, 7, 4, 1, 7] and (when[:3] != when[3:]).all() and 0 <= when.min() <= when.max() < 5


def test_an_epoch_visits_each_song_as_often():
    seen = np.concatenate([songs[:3] for songs, _ in batches(np.arange(9), 10, 3, np.random.default_rng(0))])
    assert np.bincount(seen).tolist() == [5]*9


def test_it_learns_to_tell_songs_apart(x):
    history = train_contrast(small(x), x, epochs=6, progress=False)
    assert history.loss.iloc[-1] < .5*history.chance_loss.iloc[0] and history.held_out.isna().all() and len(history) == 6


def test_songs_are_kept_out_where_there_are_a_hundred(x):
    many = np.tile(x, (17, 1, 1, 1))[:100]
    history = train_contrast(small(x), many, epochs=1, progress=False)
    assert np.isfinite(history.held_out).all() and history.chance_loss.iloc[0] == pytest.approx(np.log(179))
    assert history.held_out_chance.iloc[0] == pytest.approx(np.log(19))


@pytest.mark.parametrize('reconstruct', [0., 1.])
def test_an_interruption_changes_nothing(x, tmp_path, monkeypatch, reconstruct):
    settings = dict(epochs=4, seed=3, reconstruct=reconstruct, progress=False)
    whole = small(x)
    history = train_contrast(whole, x, **settings)
    epoch, done = songae.contrast._epoch, []
    def interrupted(*args):
        if len(done) == 2: raise KeyboardInterrupt
        done.append(1)
        return epoch(*args)
    monkeypatch.setattr('songae.contrast._epoch', interrupted)
    with pytest.raises(KeyboardInterrupt): train_contrast(small(x), x, checkpoint=tmp_path/'c', every=0, **settings)
    with pytest.raises(ValueError, match='other seed'): train_contrast(small(x), x, checkpoint=tmp_path/'c', **(settings | dict(seed=4)))
    monkeypatch.setattr('songae.contrast._epoch', epoch)
    resumed = small(x, seed=9)
    again = train_contrast(resumed, x, checkpoint=tmp_path/'c', **settings)
    np.testing.assert_allclose(again.loss, history.loss, rtol=1e-4)
    for a, b in zip(resumed.get_weights(), whole.get_weights()): np.testing.assert_allclose(a, b, atol=1e-4)
    assert not list(tmp_path.iterdir())


def test_arrays_give_what_the_network_gives(x):
    model = small(x)
    train_contrast(model, x, epochs=1, progress=False)
    body = keras.Model(model.input, model.get_layer('statistics').output)
    features = to_features(model)
    np.testing.assert_allclose(features(x[0]), np.asarray(body(x[0].astype(np.float32))), atol=5e-3)
    means, scatter = gather(make_profile(features(song)) for song in x)
    assert np.isfinite(fit_lda(means, scatter).encode(means)).all()


def test_one_song_cannot_be_told_from_others(x):
    with pytest.raises(ValueError, match='two songs or more, there is nothing to tell 1 from'): train_contrast(small(x), x[:1], progress=False)


def test_conv1d_is_a_correlation_in_time():
    rng = np.random.default_rng(0)
    x, kernel, bias = rng.standard_normal((3, 10, 5)), rng.standard_normal((3, 5, 4)), rng.standard_normal(4)
    for i, (patch, got) in enumerate(zip(x, conv1d(x, kernel, bias))):
        np.testing.assert_allclose(got, conv1d(x[i:i + 1], kernel, bias)[0], atol=1e-12)        # patches do not mix
        for o in range(4):
            plain = sum(correlate(np.pad(patch[:, c], 1), kernel[:, c, o], 'valid') for c in range(5)) + bias[o]
            np.testing.assert_allclose(got[:, o], np.maximum(plain, 0), atol=1e-12)


def test_statistics_over_time_do_not_depend_on_the_order_of_frames():
    rng = np.random.default_rng(0)
    x = 3*rng.standard_normal((4, 64, 96)) + 2
    np.testing.assert_allclose(temporal_statistics(x), np.concatenate([x.mean(1), np.sqrt(x.var(1) + 1e-5), x.max(1)], 1))
    np.testing.assert_allclose(temporal_statistics(x[:, rng.permutation(64)]), temporal_statistics(x), atol=1e-9)


def test_random_kernels_keep_the_sound_as_loud_and_follow_the_seed():
    x, k = np.random.default_rng(0).standard_normal((20, 64, 96)).astype(np.float32), random_kernels(128, seed=1).kernels
    power = []
    for i in range(3):
        x = conv1d(x, k[i], 0)
        power.append((x[:, 1:-1]**2).mean())
    assert .6 < min(power) and max(power) < 1.6 and k[0].shape == (3, 96, 128) and k[2].dtype == np.float32
    same, other = random_kernels(128, seed=1).kernels, random_kernels(128, seed=2).kernels
    for a, b, c in zip(k, same, other):
        np.testing.assert_array_equal(a, b)
        assert (a != c).mean() > .99


def test_features_of_convolutions_are_those_of_the_bands_and_of_each_layer(x):
    features = random_kernels(16)
    assert isinstance(features, ConvFeatures) and features(x[0]).shape == (10, 756 + 3*3*16)
