import numpy as np
import pytest
import soundfile as sf

from songae.audio import SAMPLE_RATE
from songae.demo import STYLES, make_song


@pytest.fixture(scope='session')
def music(tmp_path_factory):
    "A folder of eight short songs, four styles and two of each, with tags; plus a ninth beside it, `unheard.flac`."
    folder = tmp_path_factory.mktemp('songs')/'music'
    folder.mkdir()
    for style in list(STYLES)[:4]:
        for variant in 0, 1: write(folder/f'{style} {variant}.flac', make_song(style, variant, seconds=4), title=f'{style} {variant}', artist='tests')
    write(folder.parent/'unheard.flac', make_song(list(STYLES)[0], 2, seconds=4), title='unheard', artist='tests')
    return folder


def write(path, x, sr=SAMPLE_RATE, **tags):
    "Write samples (samples, channels) with tags."
    x = np.atleast_2d(x.T).T
    with sf.SoundFile(path, 'w', sr, x.shape[1]) as f:
        for k, v in tags.items(): setattr(f, k, v)
        f.write(x)
    return path
