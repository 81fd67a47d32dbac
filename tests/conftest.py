import gc
import multiprocessing.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from platformdirs import user_cache_path

from songae import SongMatcher
from songae.audio import SAMPLE_RATE
from songae.demo import STYLES, make_song

# Two processes that train on the same songs refuse each other, so each of several (pytest -n 2) has a cache of its own.
os.environ.setdefault('PIP_CACHE_DIR', str(user_cache_path('pip', appauthor=False)))
if worker := os.environ.get('PYTEST_XDIST_WORKER'):
    os.environ['XDG_CACHE_HOME'] = str(user_cache_path('songae')/'tests'/worker)


# Started in the background by a shell, this process would ignore Ctrl-C, and so would those that it starts and interrupts.
signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture(scope='session', autouse=True)
def temporary(tmp_path_factory):
    "What pages and programs that are killed leave among the temporary files goes with the tests: it was gigabytes."
    tmp_path_factory.getbasetemp()
    multiprocessing.util.get_temp_dir()     # these two keep theirs
    with tempfile.TemporaryDirectory(prefix='songae-', ignore_cleanup_errors=True) as folder:
        with pytest.MonkeyPatch.context() as m:
            m.setenv('TMPDIR', folder)
            m.setattr(tempfile, 'tempdir', folder)
            yield


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


SMALL = dict(n_samples=2*SAMPLE_RATE, epochs=3)     # the paper's deep encoder in a second


@pytest.fixture(scope='session', params=['position', 'song'])
def saved(request, music, tmp_path_factory):
    "A saved matcher with a small deep encoder; do not change it."
    folder = tmp_path_factory.mktemp('saved')/'my.songae'
    SongMatcher('deep', scaling=request.param, **SMALL).fit(music, progress=False).save(folder)
    return folder


@pytest.fixture
def copied(saved, tmp_path):
    "The same, to be changed."
    gc.collect()        # a connection that is closed while files are copied takes its log away
    return Path(shutil.copytree(saved, tmp_path/'my.songae'))


def python(code, *args):
    "What a Python program prints in a process of its own."
    p = subprocess.run([sys.executable, '-c', code, *map(str, args)], capture_output=True, text=True)
    assert p.returncode == 0, p.stderr
    return p.stdout
