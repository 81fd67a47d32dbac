"Servers and a browser for tests and benchmarks of the app: JupyterLab, Voila, and whichever Chromium there is."
import contextlib
import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

CHROMIUM = next(filter(None, map(shutil.which, ('chromium', 'chromium-browser', 'google-chrome'))), None)
OPTIONS = ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
           '--disable-component-update', '--disable-sync']


# A script for pages that are to do without WebGL.
NO_WEBGL = '''
;{
  const get = HTMLCanvasElement.prototype.getContext
  HTMLCanvasElement.prototype.getContext = function (kind, ...rest) { return kind === '2d' ? get.call(this, kind, ...rest) : null }
}
'''


@contextlib.contextmanager
def browser():
    from playwright.sync_api import sync_playwright
    with sync_playwright() as p:
        chromium = p.chromium.launch(executable_path=CHROMIUM, args=OPTIONS)
        try: yield chromium
        finally: chromium.close()


def free_port():
    with socket.socket() as s:
        s.bind(('127.0.0.1', 0))
        return s.getsockname()[1]


@contextlib.contextmanager
def server(command, url, folder, **env):
    "A server that runs in `folder`, once it answers at `url`; its uploads go to `folder`/tmp."
    tmp = folder/'tmp'
    tmp.mkdir(exist_ok=True)
    with open(folder/'server.log', 'wb') as log:
        quiet = dict(TMPDIR=str(tmp), TF_CPP_MIN_LOG_LEVEL='3', JUPYTER_CONFIG_DIR=str(folder/'config'))
        p = subprocess.Popen(command, cwd=folder, stdout=log, stderr=subprocess.STDOUT, start_new_session=True,
                             env=os.environ | quiet | env)
        try:
            for _ in range(240):
                try: urllib.request.urlopen(url, timeout=5).close(); break
                except urllib.error.HTTPError: break        # it answers
                except OSError: pass
                if p.poll() is not None: break
                time.sleep(.25)
            else: raise TimeoutError((folder/'server.log').read_text())
            if p.poll() is not None: raise OSError((folder/'server.log').read_text())
            yield p
        finally:
            p.terminate()
            try: p.wait(30)
            except subprocess.TimeoutExpired: p.kill()


def notebook(path, *cells):
    empty = dict(cell_type='code', metadata={}, execution_count=None, outputs=[])
    source = [empty | dict(id=f'c{i}', source=s) for i, s in enumerate(cells)]
    kernel = dict(kernelspec=dict(name='python3', display_name='Python 3', language='python'))
    path.write_text(json.dumps(dict(cells=source, metadata=kernel, nbformat=4, nbformat_minor=5)))


@contextlib.contextmanager
def lab(folder):
    "JupyterLab in `folder`; gives its address."
    port = free_port()
    (folder/'config'/'lab').mkdir(parents=True, exist_ok=True)
    settings = folder/'settings'
    settings.mkdir(exist_ok=True)
    (settings/'overrides.json').write_text(json.dumps({
        '@jupyterlab/apputils-extension:notification': {'fetchNews': 'false', 'checkForUpdates': False},
        '@jupyterlab/apputils-extension:themes': {'adaptive-theme': True}}))
    command = [sys.executable, '-m', 'jupyterlab', '--no-browser', '--allow-root', f'--port={port}',
               '--ServerApp.ip=127.0.0.1', '--IdentityProvider.token=', f'--LabApp.app_settings_dir={settings}',
               f'--ServerApp.root_dir={folder}', '--LabApp.expose_app_in_browser=True']
    with server(command, f'http://127.0.0.1:{port}/lab', folder): yield f'http://127.0.0.1:{port}'


def run_all(page, address, name):
    "Open a notebook in JupyterLab and run its cells, in a new kernel where an earlier page has left one."
    page.goto(f'{address}/doc/tree/{name}?reset')
    page.wait_for_selector('[data-jp-item-name="restart-and-run"]', timeout=60_000)
    # the page calls its kernel idle before it has one
    page.wait_for_function('''() => {
      const kernel = window.jupyterapp?.shell.currentWidget?.sessionContext?.session?.kernel
      return kernel?.connectionStatus === 'connected' && kernel.status === 'idle'
    }''', timeout=60_000)
    page.click('[data-jp-item-name="restart-and-run"]')
    page.click('.jp-Dialog .jp-mod-accept')


@contextlib.contextmanager
def voila(folder, *arguments):
    "The app as `songae app` serves it, given a matcher and options; gives its address."
    port = free_port()
    command = [sys.executable, '-c', 'from songae.cli import main; main()', 'app', *map(str, arguments),
               '--port', str(port), '--no-browser']
    with server(command, f'http://127.0.0.1:{port}/voila/static/none', folder) as p: yield f'http://127.0.0.1:{port}'
