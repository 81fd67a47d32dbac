"""How soon the app opens with a large library, and how its map moves, in a real browser.

    python benchmarks/app.py [--songs 50000] [--rounds 5] [--json]

opens:  seconds in JupyterLab from `RecommendApp(folder)` until the browser has drawn the map of all songs, and in Voila from
        the visit of the page, which first starts a kernel; medians. `kernel` is the part until the kernel has sent everything,
        `cpu` what it computed for that.
frames: a second, while the map is dragged and while it is zoomed, each for three seconds: drawn by WebGL and, in turns in the
        same run, dot by dot as where there is no WebGL; medians. Chromium draws without a graphics card here.
"""
import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent/'tests'))
from browser import NO_WEBGL, browser, lab, notebook, run_all, voila  # noqa: E402
from scale import made_library  # noqa: E402

START = '''import time, pathlib
start, cpu = time.time(), time.process_time()
app = RecommendApp({folder!r})
def tell(change): pathlib.Path({told!r}).write_text(f'{{start}} {{time.time()}} {{time.process_time() - cpu}}')
app.answer.observe(tell, 'catalog_version')
app'''
WATCH = '''const look = () => {
  if (+document.querySelector('.map')?.dataset.drawn > %d) window.drawn ??= Date.now() / 1000
  else requestAnimationFrame(look)
}
look()'''
COUNT = '''() => {
  window.times = []
  const next = now => { window.times.push(now); if (window.times) requestAnimationFrame(next) }
  requestAnimationFrame(next)
}'''
READ = '() => { const t = window.times; return (t.length - 1) / (t.at(-1) - t[0]) * 1000 }'
GENRES = 'ambient blues country disco electronic folk gospel house indie jazz klezmer metal'.split()


def tags(i, code):
    "A genre for each direction of the code, so that they lie apart on the map, and in each ten artists."
    genre = GENRES[int(np.argmax(code[:len(GENRES)]))]
    return dict(title=f'A song that is number {i}', artist=f'{genre.title()} {i % 10}', album=f'Album {i % 100}', genre=genre)


def drawn(page):
    page.wait_for_function('window.drawn', timeout=120_000)
    return page.evaluate('window.drawn')


def opened_in_lab(chromium, address, told, songs):
    "Seconds until the kernel has sent all, how many of them it was computing, and until the map is drawn."
    told.unlink(missing_ok=True)
    page = chromium.new_page(viewport=dict(width=1180, height=900))
    page.add_init_script(WATCH % songs)
    run_all(page, address, 'app.ipynb')
    end, (start, sent, cpu) = drawn(page), map(float, told.read_text().split())
    page.close(run_before_unload=True)
    return sent - start, cpu, end - start


def opened_in_voila(chromium, address, songs):
    page = chromium.new_page(viewport=dict(width=1180, height=900))
    page.add_init_script(WATCH % songs)
    start = time.time()
    page.goto(address)
    end = drawn(page)
    page.close(run_before_unload=True)
    return end - start


def frames(page, act, seconds=3):
    "Frames a second while something is done again and again."
    page.evaluate(COUNT)
    end, i = time.perf_counter() + seconds, 0
    while time.perf_counter() < end:
        act(i)
        i += 1
    return page.evaluate(READ)


def moved(chromium, address, webgl, songs):
    "Frames a second while the map is dragged, and while it is zoomed."
    page = chromium.new_page(viewport=dict(width=1180, height=900))
    page.add_init_script(WATCH % songs + ('' if webgl else NO_WEBGL))
    page.goto(address)
    drawn(page)
    page.wait_for_timeout(1500)     # until the encoder is loaded
    assert page.evaluate('document.querySelector(".map .dots").hidden') != webgl
    page.locator('.map').scroll_into_view_if_needed()
    box = page.locator('.map').bounding_box()
    x, y = box['x'] + box['width']/2, box['y'] + box['height']/2
    page.focus('.map canvas')
    page.mouse.move(x, y)
    page.mouse.down()
    dragged = frames(page, lambda i: page.mouse.move(x + 80*np.sin(i/9), y + 50*np.cos(i/7)))
    page.mouse.up()
    zoomed = frames(page, lambda i: page.mouse.wheel(0, -60 if i//20 % 2 else 60))
    page.close(run_before_unload=True)
    return dragged, zoomed


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--songs', type=int, default=50_000)
    ap.add_argument('--rounds', type=int, default=5)
    ap.add_argument('--json', action='store_true')
    a = ap.parse_args()
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        folder = Path(folder)
        made_library(folder, a.songs, learned=140, tags=tags)
        told = folder/'told'
        start = START.format(folder=str(folder/'my.songae'), told=str(told))
        notebook(folder/'app.ipynb', 'from songae.app import RecommendApp', start)
        with lab(folder) as address:
            in_lab = [opened_in_lab(chromium, address, told, a.songs) for _ in range(a.rounds)]
        with voila(folder, folder/'my.songae') as address:
            in_voila = [opened_in_voila(chromium, address, a.songs) for _ in range(a.rounds)]
            webgl, plain = zip(*[[moved(chromium, address, w, a.songs) for w in (True, False)] for _ in range(a.rounds)])
    kernel, cpu, opens = np.median(in_lab, 0)
    rows = dict(songs=a.songs, kernel=kernel, cpu=cpu, opens=opens, voila=median(in_voila))
    for i, what in enumerate(('dragged', 'zoomed')):
        rows |= {what: median(f[i] for f in webgl), f'{what}, dot by dot': median(f[i] for f in plain)}
    if a.json: return print(json.dumps(rows))
    print('{songs:,} songs: in JupyterLab the kernel is done after {kernel:.2f} s, {cpu:.2f} s of computing, and the map is drawn after {opens:.2f} s; '
          'in Voila after {voila:.2f} s, from the visit on'.format(**rows))
    for what in 'dragged', 'zoomed':
        fast, slow = rows[what], rows[f'{what}, dot by dot']
        print(f'{what}: {fast:.0f} frames a second by WebGL, {slow:.1f} dot by dot, {fast/slow:.0f} times as many')


if __name__ == '__main__': main()
