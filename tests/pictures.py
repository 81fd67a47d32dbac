"""Take the pictures of the app that the documentation shows, with the demo's matchers and its twenty-first song.

    songae demo && python tests/pictures.py [nbs/images [states]]

Writes app.png (the page that Voila serves), app-dark.png and app-upload.png (JupyterLab); and into the folder `states`,
where it is named, a picture of each state of the page.
"""
import sys
import tempfile
from pathlib import Path

from browser import browser, lab, notebook, run_all, voila
from PIL import Image

from songae.app import demo_matchers, saved_matchers
from songae.demo import demo_query

READY, DONE = '.answer .empty:has-text("Give it a song")', '.uploader[data-stage=done]'


def ask(page, song):
    "Upload a song, and play the one that sounds like it for a few seconds."
    page.wait_for_selector(READY, timeout=120_000)
    page.set_input_files('.uploader input[type=file]', song)
    page.wait_for_selector(DONE, timeout=120_000)
    page.click('.answer .first .play')
    page.wait_for_function('document.querySelector(".answer .first .seek").value > 4')
    print(page.inner_text('.answer .query .title'), 'sounds most like', page.inner_text('.answer .first .title'))


def served(chromium, folder, out, states):
    with voila(folder) as address:
        page = chromium.new_page(viewport=dict(width=1080, height=860))
        page.goto(address)
        page.wait_for_selector(READY, timeout=120_000)
        if states: page.screenshot(path=states/'1-empty.png')
        ask(page, demo_query())
        page.click('.answer .list ol .row:nth-child(4) .not')
        page.wait_for_selector('.answer .unlike')
        page.wait_for_timeout(1000)
        page.screenshot(path=out/'app.png')
        if states: take_states(page, states)
        page.close(run_before_unload=True)


def take_states(page, out):
    "Bring the page from its answer to each of its states, and take a picture of it."
    def take(name, *clicks, wait=1500):
        for selector in clicks: page.click(selector)
        page.wait_for_timeout(wait)
        page.screenshot(path=out/f'{name}.png', full_page=True)
    row = '.answer .list ol .row'
    take('2-seeds')
    page.type('.answer .search input', 'songs')
    take('3-search')
    page.keyboard.press('Escape')
    take('4-why', f'{row}.first .because', wait=5000)
    take('4-part', '.answer .chip .open')
    page.click('.answer .chip .open')
    page.press('.answer canvas', 'p')
    take('4-place')
    page.click('.answer .queue .on')
    page.wait_for_selector('.answer .queue .now[data-state=playing]', timeout=60_000)
    take('5-queue')
    take('6-path', '.answer .queue .on', f'{row}:nth-child(5) .there')
    take('7-filters', '.answer .wishes summary')
    page.fill('.answer .wishes input[aria-label="Minutes from"]', '30')
    page.keyboard.press('Tab')
    take('8-none')
    page.set_viewport_size(dict(width=400, height=900))
    take('9-narrow', '.answer .wishes .clear', '.answer .wishes summary')
    page.set_input_files('.uploader input[type=file]', __file__)
    page.wait_for_selector('.uploader[data-stage=error]', timeout=60_000)
    take('10-error')


def in_lab(chromium, folder, out):
    notebook(folder/'app.ipynb', 'from songae.app import RecommendApp', 'RecommendApp(limit=400_000_000)')
    with lab(folder) as address:
        page = chromium.new_page(viewport=dict(width=1180, height=900), color_scheme='dark')
        run_all(page, address, 'app.ipynb')
        ask(page, demo_query())
        page.locator('.jp-Notebook').screenshot(path=out/'app-dark.png')
        page.emulate_media(color_scheme='light')
        upload(page, folder/'a long song.wav')
        page.locator('.uploader').screenshot(path=out/'app-upload.png')
        page.click('.uploader button:has-text("Cancel")')
        page.close(run_before_unload=True)


def upload(page, file):
    "Start to send 300 MB, and wait until a tenth of it has arrived."
    with open(file, 'wb') as f: f.truncate(300_000_000)
    page.set_input_files('.uploader input[type=file]', file)
    page.wait_for_function('parseFloat(document.querySelector(".uploader .figures").textContent) > 30')


def shrink(path):
    "Sixty-four colors are enough, and a third of the size."
    Image.open(path).convert('RGB').quantize(64).save(path, optimize=True)


def main():
    out = Path(sys.argv[1] if len(sys.argv) > 1 else 'nbs/images').resolve()
    states = Path(sys.argv[2]).resolve() if len(sys.argv) > 2 else None
    if states: states.mkdir(parents=True, exist_ok=True)
    if not saved_matchers(*demo_matchers()): sys.exit('The demo has not been run yet:  songae demo')
    with tempfile.TemporaryDirectory() as folder, browser() as chromium:
        served(chromium, Path(folder), out, states)
        in_lab(chromium, Path(folder), out)
    for name in 'app', 'app-dark', 'app-upload': shrink(out/f'{name}.png')


if __name__ == '__main__': main()
