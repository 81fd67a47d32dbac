"The sdist builds a wheel, and the wheel works in an environment where nothing else is: alone, and with each extra on top."
import os
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
BIN = 'Scripts' if sys.platform == 'win32' else 'bin'
ADVICE = 'pip install "songae[paper]"'


def run(*args, code=0, **kwargs):
    p = subprocess.run(list(map(str, args)), capture_output=True, text=True, encoding='utf-8', **kwargs)
    assert p.returncode == code, p.stdout[-2000:] + p.stderr[-3000:]
    return p.stdout if code == 0 else p.stderr


@pytest.fixture(scope='module')
def wheel(tmp_path_factory):
    out = tmp_path_factory.mktemp('dist')
    run(sys.executable, '-m', 'build', '--sdist', '--outdir', out, ROOT)
    sdist, = out.glob('*.tar.gz')
    with tarfile.open(sdist) as tar: tar.extractall(out/'unpacked', filter='data')
    source, = (out/'unpacked').iterdir()
    run(sys.executable, '-m', 'build', '--wheel', '--outdir', out, source)     # from the sdist alone
    return next(out.glob('*.whl'))


class Clean:
    "An environment with the wheel and what it requires, and a folder to work in."
    def __init__(self, wheel, folder):
        self.wheel, self.folder, self.bin = wheel, folder, folder/'env'/BIN
        self.env = os.environ | dict(PYTHONPATH='', XDG_CACHE_HOME=str(folder/'cache'), COLUMNS='200')
        venv.create(folder/'env', with_pip=True)
        self.install()

    def run(self, name, *args, code=0): return run(self.bin/name, *args, code=code, cwd=self.folder, env=self.env)

    def songae(self, *args, code=0): return self.run('songae', *args, code=code)

    def python(self, source, code=0): return self.run('python', '-c', source, code=code)

    def pip(self, *args): return self.run('python', '-m', 'pip', *args)

    def install(self, extra=''): self.pip('install', '-q', f'{self.wheel}{extra}')

    def installed(self):
        self.pip('check')
        return {line.split('==')[0].lower() for line in self.pip('list', '--format', 'freeze').split()}


@pytest.fixture(scope='module')
def clean(wheel, tmp_path_factory): return Clean(wheel, tmp_path_factory.mktemp('clean'))


def test_files_that_are_not_python(clean):
    "The type marker and whatever lies in static and data."
    code = 'import songae; from pathlib import Path; print(Path(songae.__file__).parent)'
    there = Path(clean.python(code).strip())
    assert clean.folder in there.parents
    for p in [ROOT/'songae'/'py.typed', *(ROOT/'songae'/'static').glob('*'), *(ROOT/'songae'/'data').glob('*')]:
        assert (there/p.relative_to(ROOT/'songae')).read_bytes() == p.read_bytes()
    assert clean.python('from songae.cli import _notebook; print(_notebook())').strip().endswith('app.ipynb')


def test_what_a_listener_needs_and_no_more(clean):
    installed = clean.installed()
    assert 'songae' in installed
    assert not installed & {'tensorflow', 'tensorflow-cpu', 'keras', 'numba', 'voila', 'nbdev', 'fastcore', 'execnb', 'pytest'}
    out = clean.python('''
from songae import SongMatcher
from songae.demo import demo_songs
songs = demo_songs("songs", seconds=4)
m = SongMatcher().fit("songs", progress=False)
m.plot(songs.path[0]); m.save("my.songae")
print(len(SongMatcher.load("my.songae").recommend(songs.path[0])))''')
    assert out.strip() == '5'
    assert 'match' in clean.songae('--help')
    assert '20 songs' in clean.songae('fit', 'songs', '-m', 'again.songae')
    assert 'distance' in clean.songae('match', next((clean.folder/'songs').iterdir()))
    assert 'pip install "songae[app]"' in clean.songae('app', code=1)
    assert 'pip install "songae[server]"' in clean.songae('serve', code=1)


def test_every_module_says_what_it_lacks(clean):
    "Without the extra, modules are imported or name the first package that is missing."
    modules = sorted(p.stem for p in (ROOT/'songae').glob('[!_]*.py'))
    out = clean.python(f'''
from importlib import import_module
for name in {modules}:
    try: import_module("songae." + name)
    except ModuleNotFoundError as e: print(name, e.name)''')
    lacking = dict(line.split() for line in out.splitlines())
    assert {lacking.pop(name) for name in ('subsonic', 'shelf', 'server')} == {'starlette'}
    assert set(lacking) == {'autoencoders', 'training', 'fast_training', 'contrast'} and set(lacking.values()) <= {'keras', 'tensorflow', 'numba'}


@pytest.fixture(scope='module')
def papers(clean, music):
    "A matcher of the paper's, made elsewhere."
    from songae import SongMatcher
    m = SongMatcher('simple', n_samples=44_100, epochs=1).fit(music, progress=False, resume=False)
    m.save(clean.folder/'papers.songae')
    return m


def test_paper_without_its_extra(clean, papers, music):
    "One sentence, before any work."
    for args in ['fit', music, '--encoder', 'deep'], ['info', '-m', 'papers.songae'], ['evaluate', music, '--paper']:
        error = clean.songae(*args, code=1)
        assert error.startswith('songae: ') and ADVICE in error and error.count('\n') == 1
    error = clean.python('from songae import SongMatcher; SongMatcher("deep").fit("nowhere")', code=1)
    assert ADVICE in error.splitlines()[-1]


def test_demo_without_the_extra(clean, music):
    "The default encoder's answer, and how to see the paper's beside it."
    out = clean.songae('demo', '--songs', music, '--out', 'pictures', '-m', 'demo.songae')
    assert 'What sounds like' in out and out.count(ADVICE) == 1
    assert list((clean.folder/'pictures').glob('*.png'))


def test_with_the_paper(clean, papers, music):
    clean.install('[paper]')
    assert {'tensorflow', 'numba'} <= clean.installed()
    assert ', loss ' in clean.songae('fit', music, '--encoder', 'deep', '--epochs', 1, '-m', 'deep.songae')
    assert 'simple' in clean.songae('info', '-m', 'papers.songae')


def test_with_the_app(clean):
    "With the extra `app` a visitor is given the page."
    clean.install('[app]')
    port = free_port()
    command = [str(clean.bin/'songae'), 'app', 'my.songae', '--port', str(port), '--no-browser']
    with (server(command, f'http://127.0.0.1:{port}/none', clean.folder, **clean.env),
          urllib.request.urlopen(f'http://127.0.0.1:{port}/', timeout=120) as page):
        assert page.status == 200 and 'What sounds like this?' in page.read().decode()


def test_with_players(clean):
    "The plugin is where beets looks, beside those of others; MPD is not there, which is one sentence."
    assert 'pip install "songae[mpd]"' in clean.songae('mpd', '-m', 'my.songae', code=1)
    clean.install('[mpd,beets]')
    (clean.folder/'config.yaml').write_text('plugins: songae random\n')
    clean.env['BEETSDIR'] = str(clean.folder)
    plugins = clean.run('beet', 'version').splitlines()[-1]
    assert 'songae' in plugins and 'random' in plugins
    assert '--path-to' in clean.run('beet', 'songae', '--help')
    with zipfile.ZipFile(clean.wheel) as z: assert [n for n in z.namelist() if n.startswith('beetsplug')] == ['beetsplug/songae.py']
    assert clean.songae('mpd', '-m', 'my.songae', '--host', '/nothing', code=1) == 'songae: MPD at /nothing: No such file or directory\n'
