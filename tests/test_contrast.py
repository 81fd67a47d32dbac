"Training by contrast: what a batch is, what the loss says, and that an interruption changes nothing."
import numpy as np
import pytest

import songae.contrast
from songae.autoencoders import keras
from songae.contrast import batches, build_contrast, patch_pairs, to_features, train_contrast
from songae.lda import fit_lda, gather


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
    means, scatter = gather(features(song) for song in x)
    assert np.isfinite(fit_lda(means, scatter).encode(means)).all()


def test_one_song_cannot_be_told_from_others(x):
    with pytest.raises(ValueError, match='two songs or more, there is nothing to tell 1 from'): train_contrast(small(x), x[:1], progress=False)
