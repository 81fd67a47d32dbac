"""How fast does a song travel from the page to the kernel, and what memory does the kernel need for it?

    python benchmarks/upload.py [--megabytes 9 100 500] [--rounds 3] [--json]

In JupyterLab and in Voila, in a real browser (Chromium, with Playwright): songae's `Uploader`, and ipywidgets' `FileUpload`
where the file is below the 10 MiB that it can take. Seconds run from the choice of the file until the kernel has it. Medians;
the memory is what the kernel had more than before at its highest.
"""
import argparse
import json
import sys
import tempfile
import threading
import time
from pathlib import Path
from statistics import median

import psutil

sys.path.insert(0, str(Path(__file__).parent.parent/'tests'))
from browser import browser, free_port, lab, notebook, run_all, server  # noqa: E402

OURS = '''import ipywidgets as W
from songae.upload import Uploader
done = W.Label()
def arrived(path, name, uploaded): done.value = f'arrived: {path.stat().st_size}'; path.unlink()
W.VBox([Uploader(arrived, limit=10**9), done])'''
THEIRS = '''import ipywidgets as W
done, upload = W.Label(), W.FileUpload()
upload.observe(lambda change: setattr(done, 'value', f'arrived: {change.new[0].size}'), 'value')
W.VBox([upload, done])'''

BUTTON = '.uploader button.main, button.widget-upload'


def kernel(server_pid):
    kernels = [p for p in psutil.Process(server_pid).children(recursive=True) if 'ipykernel_launcher' in ' '.join(p.cmdline())]
    return max(kernels, key=lambda p: p.create_time())


class Peak(threading.Thread):
    "The largest memory of a process while this runs."
    def __init__(self, process):
        super().__init__(daemon=True)
        self.process, self.before, self.most, self.going = process, process.memory_info().rss, 0, True

    def run(self):
        while self.going:
            self.most = max(self.most, self.process.memory_info().rss - self.before)
            time.sleep(.005)


def one(chromium, open_page, pid, file):
    page = chromium.new_page()
    open_page(page)
    page.wait_for_selector(BUTTON, timeout=60_000)
    page.wait_for_timeout(1000)
    with page.expect_file_chooser() as chooser:
        page.wait_for_timeout(500)
        page.click(BUTTON)
    peak, size = Peak(kernel(pid())), file.stat().st_size
    peak.start()
    start = time.perf_counter()
    chooser.value.set_files(file)
    page.wait_for_selector(f'text=arrived: {size}', state='attached', timeout=300_000)
    seconds = time.perf_counter() - start
    peak.going = False
    page.close(run_before_unload=True)
    return seconds, peak.most/1e6


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--megabytes', type=int, nargs='+', default=[9, 100, 500]); ap.add_argument('--rounds', type=int, default=3)
    ap.add_argument('--json', action='store_true')
    a, rows = ap.parse_args(), []
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        folder = Path(folder)
        for name, source in ('ours', OURS), ('theirs', THEIRS): notebook(folder/f'{name}.ipynb', source)
        files = {m: folder/f'{m}.wav' for m in a.megabytes}
        for m, f in files.items(): f.write_bytes(bytes(m*1_000_000))

        def measure(where, open_page, pid):
            for m, f in files.items():
                for name in ('ours', 'theirs') if m < 10 else ('ours',):
                    times, memory = zip(*[one(chromium, lambda page: open_page(page, f'{name}.ipynb'), pid, f) for _ in range(a.rounds)])
                    rows.append(dict(where=where, megabytes=m, widget={'ours': 'Uploader', 'theirs': 'FileUpload'}[name], seconds=median(times), rate=m/median(times), memory=max(memory)))
                    if not a.json: print('{where:<11}{widget:<11}{megabytes:>4} MB {seconds:7.2f} s {rate:6.1f} MB/s   kernel +{memory:.0f} MB'.format(**rows[-1]), flush=True)

        with lab(folder) as address: measure('JupyterLab', lambda page, name: run_all(page, address, name), lambda: psutil.Process().pid)
        port = free_port()
        command = [sys.executable, '-m', 'voila', '--no-browser', f'--port={port}', str(folder)]
        with server(command, f'http://127.0.0.1:{port}/', folder) as p:
            measure('Voila', lambda page, name: page.goto(f'http://127.0.0.1:{port}/voila/render/{name}'), lambda: p.pid)
    if a.json: print(json.dumps(rows))


if __name__ == '__main__': main()
