"The sdist builds a wheel, and the wheel works in an environment where nothing else is."
import subprocess
import sys
import tarfile
import urllib.request
import venv
import zipfile
from pathlib import Path

import pytest
from browser import free_port, server

ROOT = Path(__file__).parent.parent


def run(*args, **kwargs):
    p = subprocess.run(list(map(str, args)), capture_output=True, text=True, **kwargs)
    assert p.returncode == 0, p.stdout[-2000:] + p.stderr[-3000:]
    return p.stdout


@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp('dist')
    run(sys.executable, '-m', 'build', '--sdist', '--outdir', out, ROOT)
    sdist, = out.glob('*.tar.gz')
    with tarfile.open(sdist) as tar: tar.extractall(out/'unpacked', filter='data')
    source, = (out/'unpacked').iterdir()
    run(sys.executable, '-m', 'build', '--wheel', '--outdir', out, source)     # from the sdist alone
    return next(out.glob('*.whl'))


def test_the_wheel_holds_what_the_pages_need(wheel):
    with zipfile.ZipFile(wheel) as z: held = set(z.namelist())
    for file in (ROOT/'songae'/'static').iterdir(): assert f'songae/static/{file.name}' in held
    assert 'songae/notebooks/app.ipynb' in held


def test_installed_wheel(wheel, tmp_path):
    venv.create(tmp_path/'env', with_pip=True)
    bin = tmp_path/'env'/('Scripts' if sys.platform == 'win32' else 'bin')
    run(bin/'python', '-m', 'pip', 'install', '-q', wheel)
    installed = run(bin/'python', '-m', 'pip', 'list', '--format', 'freeze').lower()
    assert 'songae==' in installed
    for name in 'nbdev', 'fastcore', 'execnb', 'pytest': assert f'\n{name}==' not in installed
    run(bin/'python', '-m', 'pip', 'check')
    assert 'match' in run(bin/'songae', '--help', cwd=tmp_path)
    p = subprocess.run([bin/'songae', 'app'], cwd=tmp_path, capture_output=True, text=True)
    assert p.returncode == 1 and 'pip install "songae[app]"' in p.stderr
    assert run(bin/'python', '-c', 'from songae.cli import _notebook; print(_notebook())', cwd=tmp_path).strip().endswith('app.ipynb')
    code = '''import songae, numpy as np
from songae.autoencoders import deep, encoder
from songae.training import train
from songae.plots import plot_losses
from songae.demo import demo_songs
from songae import SongMatcher
songs = demo_songs("songs", seconds=2)
m = SongMatcher("deep", n_samples=44100, epochs=2).fit("songs", progress=False)
m.plot(songs.path[0]); m.save("my.songae")
print(songae.__file__, len(SongMatcher.load("my.songae").recommend(songs.path[0])))'''
    out = run(bin/'python', '-c', code, cwd=tmp_path)
    assert str(Path(tmp_path/'env')) in out and out.strip().endswith(' 5')
    serve_the_app(bin, wheel, tmp_path)


def serve_the_app(bin, wheel, folder):
    "With the extra `app` installed, and nothing beside it, a visitor is given the page."
    run(bin/'python', '-m', 'pip', 'install', '-q', f'{wheel}[app]')
    port = free_port()
    command = [str(bin/'songae'), 'app', 'my.songae', '--port', str(port), '--no-browser']
    with server(command, f'http://127.0.0.1:{port}/none', folder), urllib.request.urlopen(f'http://127.0.0.1:{port}/', timeout=120) as page:
        assert page.status == 200 and 'What sounds like this?' in page.read().decode()
