"musicnn's weights as an encoder, where its wheel is installed; a sentence where it is not."
from importlib.metadata import PackageNotFoundError, distribution

import numpy as np
import pytest
from conftest import python

from songae import Library, SongMatcher
from songae.encoders import MissingExtra
from songae.musicnn import MUSICNN_FRAMES as FRAMES, MUSICNN_HOP as HOP, Musicnn, compressed_mel, pooled_features, weights

try: distribution('musicnn')
except PackageNotFoundError: INSTALLED = False
else: INSTALLED = True
wheel = pytest.mark.skipif(not INSTALLED, reason='pip install --no-deps musicnn')


def test_without_its_wheel_it_says_what_is_missing(monkeypatch, music):
    import songae.musicnn
    def none(name): raise PackageNotFoundError(name)
    monkeypatch.setattr(songae.musicnn, 'distribution', none)
    with pytest.raises(MissingExtra, match='pip install --no-deps musicnn'): SongMatcher('musicnn').fit(music)
    monkeypatch.setattr(songae.musicnn, 'find_spec', lambda name: None)
    with pytest.raises(MissingExtra, match='needs tensorflow and librosa:  pip install tensorflow librosa'): Musicnn().check()


def test_naming_it_loads_nothing_heavy():
    code = '''import sys
from songae import SongMatcher
SongMatcher('musicnn')
assert not {'tensorflow', 'keras', 'librosa'} & set(sys.modules)'''
    python(code)


@wheel
def test_all_weights_are_used_where_they_belong():
    sizes = {name: w.shape for name, w in weights().items()}
    assert sizes['conv2d/kernel'] == (7, 38, 1, 204) and sizes['dense/kernel'] == (1506, 200)
    rng = np.random.default_rng(0)
    x = compressed_mel(rng.standard_normal((2, FRAMES*HOP)).astype(np.float32))
    assert x.shape == (2, FRAMES, 96)
    h = pooled_features(x)
    assert h.shape == (2, 1506) and np.isfinite(h).all() and (h[:, ::2] >= h[:, 1::2] - 1e-4).all()    # maximum, mean
    np.testing.assert_allclose(pooled_features(x[:1])[0], h[0], atol=1e-3)      # a patch does not depend on the others


@wheel
def test_known_tags(tmp_path):
    "The last layers, which songae leaves out, know metal from a lullaby: the layers below them are what was trained."
    from musicnn.configuration import MSD_LABELS
    from songae.demo import make_song
    import librosa
    def tags(style):
        x = librosa.resample(make_song(style, seconds=12.).mean(1), orig_sr=44_100, target_sr=16_000)
        h = pooled_features(compressed_mel(x[:3*FRAMES*HOP].reshape(3, -1)))
        w = weights()
        def normalized(h, i): return ((h - w[f'batch_normalization_{i}/moving_mean'])/np.sqrt(
            w[f'batch_normalization_{i}/moving_variance'] + 1e-3)*w[f'batch_normalization_{i}/gamma'] + w[f'batch_normalization_{i}/beta'])
        h = normalized(np.maximum(normalized(h, 9) @ w['dense/kernel'] + w['dense/bias'], 0), 10)
        p = (h @ w['dense_1/kernel'] + w['dense_1/bias']).mean(0)
        return [MSD_LABELS[i] for i in p.argsort()[::-1][:6]]
    assert {'ambient', 'instrumental'} <= set(tags('ambient')) and {'electronic', 'dance'} <= set(tags('house'))


@wheel
def test_a_library_of_its_profiles(music, tmp_path):
    library = Library(tmp_path/'my.songae', 'musicnn')
    assert library.sync(music, progress=False).songs == 8
    m = library.matcher()
    assert m.encoder.name == 'musicnn' and len(m.recommend(music.parent/'unheard.flac', 3)) == 3
    assert library.sync(progress=False).unchanged == 8
