"""The app as a visitor meets it: in JupyterLab and served by Voila, in a real browser.

Pictures of its states go to the folder that `SONGAE_PICTURES` names."""
import base64
import contextlib
import os
import re
import shutil
import sys
import time
import urllib.error
import urllib.request
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import soundfile as sf
from browser import CHROMIUM, NO_WEBGL, browser, lab, notebook, run_all, voila
from conftest import write
from PIL import Image
from playwright.sync_api import TimeoutError as Late

from songae import SongMatcher
from songae.audio import SAMPLE_RATE
from songae.history import History
from songae.tags import read_tags
from songae.demo import STYLES, make_song

REQUIRED = os.environ.get('CI') and sys.platform == 'linux'
pytestmark = pytest.mark.skipif(not CHROMIUM and not REQUIRED, reason='no Chromium here')
PICTURES = os.environ.get('SONGAE_PICTURES')
EVIL = '<img src=x onerror="document.title=\'broken\'">'
SERVERS = ['lab', 'voila']


@pytest.fixture(scope='module')
def chromium():
    assert CHROMIUM, 'Chromium is missing: apt-get install chromium'
    with browser() as b: yield b


@pytest.fixture(scope='module')
def place(tmp_path_factory, music):
    "A saved matcher of twelve songs, one of them with a title that would be a program if it were HTML."
    place = tmp_path_factory.mktemp('app')
    songs = place/'songs'
    songs.mkdir()
    for i, style in enumerate(list(STYLES)[:6]):
        for variant in 0, 1:
            title = f'{style} {variant}' if i or variant else EVIL
            song = make_song(style, variant, seconds=25)
            write(songs/f'{style} {variant}.flac', song, title=title, artist='songae & <b>others</b>')
    matcher = SongMatcher('deep', n_samples=500_000, epochs=8).fit(songs, resume=False, progress=False)
    matcher.save(place/'twelve.songae')
    SongMatcher().fit(songs, resume=False, progress=False).save(place/'patches.songae')
    return place


@pytest.fixture(scope='module')
def files(place):
    "Songs of several sizes, and a file that is no song."
    song, folder = make_song('house', 2, seconds=25), place/'files'
    folder.mkdir()
    def wav(name, megabytes): return write(folder/name, np.resize(song, (int(megabytes*1e6)//4, 2)))
    files = {size: wav(f'house of {size} MB.wav', size) for size in (10.1, 30, 300)}
    files |= dict(mp3=folder/'reggae.mp3', letter=folder/'letter.mp3', half=folder/'half.flac',
                  silent=folder/'silent.wav', evil=folder/'<img src=x onerror=alert(1)>.wav')
    sf.write(files['mp3'], make_song('reggae', 2, seconds=25), SAMPLE_RATE, format='MP3')
    files['letter'].write_bytes(b'Dear diary, '*1000)
    files['half'].write_bytes((place/'songs'/'house 0.flac').read_bytes()[:99_999])
    write(files['silent'], np.zeros((SAMPLE_RATE*20, 2)))
    write(files['evil'], make_song('waltz', 2, seconds=25))
    return files


class Visit:
    "A page with the app on it."
    def __init__(self, page, kind, address, tmp):
        self.page, self.kind, self.address, self.tmp = page, kind, address, tmp
        self.earlier = set(tmp.glob('songae-page-*/*'))

    def open(self, name='app.ipynb'):
        self.broken = []
        def note(e):
            if 'Canceled future' not in str(e): self.broken.append(str(e))      # that is JupyterLab's, at a restart
        self.page.on('pageerror', note)
        if self.kind == 'lab': run_all(self.page, self.address, name)
        else: self.page.goto(self.address)
        self.wait('.answer .empty:has-text("Give it a song")')
        return self

    def wait(self, what, state='visible', seconds=60):
        try: return self.page.wait_for_selector(what, state=state, timeout=1000*seconds)
        except Late:
            shown = ' '.join(self.page.locator('.songae, .jp-Dialog, .jp-OutputArea-output').all_inner_texts())
            raise AssertionError(f'after {seconds} s {what!r} is not {state}; the page says: {shown[:1000]}')

    def becomes(self, true, seconds=30):
        "Whether that is so, at once or a little later: pages draw when they can."
        end = time.monotonic() + seconds
        while not (so := true()) and time.monotonic() < end: self.page.wait_for_timeout(200)
        return so

    def text(self, what): return self.page.inner_text(what)
    def titles(self): return self.page.locator('.answer .list .row:not(.query) .title').all_inner_texts()
    def choose(self, path): self.page.set_input_files('.uploader input[type=file]', path)

    def ask(self, path, title=None):
        "Upload a song and wait for its answer; the title under which it is shown."
        self.choose(path)
        done = '''title => document.querySelector(".uploader").dataset.stage === "done"
          && document.querySelector(".answer .query .title")?.textContent === title'''
        self.page.wait_for_function(done, arg=title or Path(path).stem, timeout=90_000)

    def error(self, path):
        self.choose(path)
        self.wait('.uploader .error:not(:empty)')
        return self.text('.uploader .error')

    def uploads(self):
        return [p for p in self.tmp.glob('songae-page-*/*') if p.name != 'lock' and p not in self.earlier]

    def picture(self, name):
        if not PICTURES: return
        Path(PICTURES).mkdir(parents=True, exist_ok=True)
        self.page.wait_for_timeout(300)
        self.page.screenshot(path=f'{PICTURES}/{self.kind}-{name}.png')


@contextlib.contextmanager
def running(kind, place):
    folder = place/kind
    folder.mkdir(exist_ok=True)
    if kind == 'voila':
        with voila(folder, place/'twelve.songae', '--limit', 400) as address: yield address, folder
    else:
        shutil.copytree(place/'twelve.songae', folder/'twelve.songae', dirs_exist_ok=True)      # songs are added to it
        for name, megabytes in ('app', 400), ('small', 20):
            start = f'RecommendApp(saved_matchers(), limit={megabytes}_000_000)'
            notebook(folder/f'{name}.ipynb', 'from songae.app import RecommendApp, saved_matchers', start)
        shown = f'RecommendApp({str(place/"patches.songae")!r})'
        notebook(folder/'why.ipynb', 'from songae.app import RecommendApp', shown)
        clusters = [dict(name=name, xy=xy) for name, xy in ((EVIL, (.5, .5)), ('below it', (.5, .5)), ('far away', (0, 0)))]
        late = f'app._worker.submit(setattr, app.answer, "clusters", {clusters!r})'
        notebook(folder/'names.ipynb', 'from songae.app import RecommendApp', f'app = {shown}', 'app', late)
        with lab(folder) as address: yield address, folder


@pytest.fixture(scope='module', params=SERVERS)
def server(request, place):
    with running(request.param, place) as (address, folder): yield request.param, address, folder


@pytest.fixture
def visit(server, chromium):
    kind, address, folder = server
    contexts = []
    def new(**options):
        contexts.append(chromium.new_context(viewport=dict(width=1180, height=900), **options))
        return Visit(contexts[-1].new_page(), kind, address, folder/'tmp')
    yield new
    for c in contexts:
        for page in c.pages: page.close(run_before_unload=True)     # as a visitor does; Voila ends the kernel then
        c.close()


def test_a_visit(visit, files, place):
    v = visit().open()
    v.picture('1-empty')
    expected = SongMatcher.load(place/'twelve.songae')
    for size in 10.1, 30, 300:
        v.ask(files[size])
        assert v.titles() == expected.recommend(files[size]).title.tolist()
        assert len(v.uploads()) == 1        # the last one asked about
    v.ask(files['mp3'])
    assert v.titles() == expected.recommend(files['mp3']).title.tolist()
    v.picture('2-answer')

    v.page.click('.answer .first .play')        # play, and pause
    v.wait('.answer .first[data-state=playing]')
    v.page.wait_for_function('document.querySelector(".answer .first .seek").value > 0.3')
    v.picture('3-playing')
    v.page.click('.answer .first .play')
    v.wait('.answer .first[data-state=paused]')

    v.page.click('.answer .mark.query')         # the visitor's own song, on the map
    v.wait('.answer .query[data-state=playing]')
    other, x, y = free_dot(v)
    v.page.mouse.click(x, y)                    # and a song that is not among those recommended
    v.wait(f'.answer .other[data-state=playing] .title:has-text("{other}")')
    v.picture('4-dot')

    v.page.focus('.widget-slider [role=slider]')
    v.page.keyboard.press('ArrowRight')
    v.page.wait_for_function('document.querySelectorAll(".answer .list ol .row").length === 6')
    v.page.select_option('.widget-dropdown:has-text("Asked before") select', label='house of 30 MB')
    v.wait('.answer .query .title:has-text("house of 30 MB")')
    assert v.titles() == expected.recommend(files[30], 6).title.tolist()
    for kind, start in ('csv', 'path,title,artist,album'), ('m3u8', '#EXTM3U'), ('xspf', '<?xml'), ('json', '['):
        with v.page.expect_download() as download: v.page.click(f'.answer .files .{kind}')
        assert download.value.suggested_filename == f'songs.{kind}'
        text = Path(download.value.path()).read_text()
        assert text.startswith(start) and v.titles()[0] in text.replace('""', '"').replace('\\"', '"')
        assert (str(place) in text) == (v.kind == 'lab')        # where songs lie is nobody else's business
    assert not v.broken


def spots(v):
    "Moves the pointer over the map, and gives each place on it that no mark covers."
    box = v.page.locator('.answer canvas').first.bounding_box()
    for x in range(10, int(box['width']) - 10, 14):
        for y in range(10, int(box['height']) - 60, 14):
            at = box['x'] + x, box['y'] + y
            if not v.page.evaluate('([x, y]) => document.elementFromPoint(x, y)?.tagName === "CANVAS"', at): continue
            v.page.mouse.move(*at)
            yield at


def free_dot(v):
    "The title and the place of a dot that no mark covers."
    for at in spots(v):
        if v.page.locator('.answer .tip').is_visible(): return v.text('.answer .tip strong'), *at
    raise AssertionError('no dot of the map could be found')


def test_errors_are_sentences_and_the_next_song_is_taken(visit, files):
    v = visit().open()
    assert 'not audio' in v.error(files['letter'])
    v.picture('5-error')
    v.ask(files['mp3'])
    v.ask(files['half'], read_tags(files['half'])['title'])      # the part that is there plays
    assert 'silent' in v.error(files['silent'])
    v.ask(files['mp3'])
    assert len(v.uploads()) == 1 and not v.broken


def test_canceled_half_way(visit, files):
    v = visit().open()
    v.choose(files[300])
    v.page.wait_for_function('parseFloat(document.querySelector(".uploader .figures").textContent) > 20')
    v.picture('6-uploading')
    assert v.uploads()
    v.page.click('.uploader button:has-text("Cancel")')
    v.wait('.uploader[data-stage=ready] .note:has-text("Canceled")')
    assert not v.uploads()
    v.ask(files[10.1])


def test_dropped_on_the_page(visit, files):
    "In its place, beside it, and while another is on its way."
    v = visit().open()
    drop = '''([target, name, base64]) => {
      const data = new DataTransfer(), bytes = Uint8Array.from(atob(base64), c => c.charCodeAt(0))
      data.items.add(new File([bytes], name))
      const options = { bubbles: true, cancelable: true, dataTransfer: data }
      for (const kind of ['dragover', 'drop'])
        document.querySelector(target).dispatchEvent(new DragEvent(kind, options))
    }'''
    mp3 = base64.b64encode(files['mp3'].read_bytes()).decode()
    v.page.evaluate(drop, ['.answer', 'missed.mp3', mp3])
    v.choose(files[300])
    v.page.wait_for_function('parseFloat(document.querySelector(".uploader .figures").textContent) > 5')
    v.page.evaluate(drop, ['.uploader .drop', 'too soon.mp3', mp3])
    v.wait('.uploader .note:has-text("One song after the other")')
    v.page.click('.uploader button:has-text("Cancel")')
    v.wait('.uploader .note:has-text("Canceled")')
    v.page.evaluate(drop, ['.uploader .drop', 'dropped.mp3', mp3])
    v.wait('.answer .query .title:has-text("dropped")')
    assert not v.broken and v.page.url.startswith(v.address)


def test_names_and_titles_are_texts(visit, files):
    v = visit().open()
    v.ask(files['evil'])
    v.page.evaluate('document.querySelector(".widget-slider [role=slider]").focus()')
    for _ in range(8): v.page.keyboard.press('ArrowRight')
    v.page.wait_for_function('document.querySelectorAll(".answer .list ol .row").length > 10')
    assert EVIL in v.titles() and v.text('.answer .query .title').startswith('<img')
    assert not v.page.locator('.songae img').count() and v.page.title() != 'broken' and not v.broken
    v.picture('7-names')


def test_the_keyboard_is_enough(visit, files):
    v, choosers = visit(), []
    v.page.on('filechooser', lambda c: choosers.append(c))
    v.open()
    def keeps_the_focus():      # JupyterLab and Voila both move it when they have run the cells
        v.page.focus('.uploader .path input' if v.kind == 'lab' else '.uploader button.main')
        if v.kind == 'lab': v.page.keyboard.press('Shift+Tab')
        v.page.wait_for_timeout(2000)
        return v.page.evaluate('document.activeElement.matches(".uploader button.main")')
    assert v.becomes(keeps_the_focus)
    v.page.keyboard.press('Enter')
    assert v.becomes(lambda: choosers)
    choosers[0].set_files(files['mp3'])
    v.wait('.answer .query')
    v.page.focus('.answer .query .play')
    for _ in range(4): v.page.keyboard.press('Tab')     # past what takes it back, the field that finds songs, and the filters
    v.page.keyboard.press('Enter')
    v.wait('.answer .first[data-state=playing]')
    v.page.focus('.answer .search input')
    v.page.keyboard.type('songae', delay=60)
    v.wait('.answer .hit >> nth=1')
    for key in 'ArrowDown', 'ArrowDown', 'ArrowUp', 'Enter': v.page.keyboard.press(key)
    v.wait('.answer .chip >> nth=1')
    v.page.keyboard.type('no such song')
    v.wait('.answer .search.none')
    v.page.keyboard.press('Escape')
    assert v.page.input_value('.answer .search input') == '' and v.page.locator('.answer .chip').count() == 2
    v.page.press('.answer canvas', 'ArrowLeft')
    v.wait('.answer .tip')
    v.page.press('.answer canvas', 'Enter')
    v.page.wait_for_function('!["", undefined].includes(document.querySelector(".answer").dataset.playing)')
    v.page.keyboard.press('+')
    unnamed = v.page.evaluate('''[...document.querySelectorAll(".songae :is(button, input, select, canvas:not([aria-hidden]))")]
      .filter(e => !(e.getAttribute("aria-label") || e.textContent || e.labels?.length)).length''')
    assert unnamed == 0 and not v.broken


@pytest.mark.parametrize('theme', ['dark', 'narrow'])
def test_other_looks(visit, files, theme):
    v = visit(color_scheme='dark' if theme == 'dark' else 'light')
    if theme == 'narrow': v.page.set_viewport_size(dict(width=420, height=1300))
    elif v.kind == 'voila': v.address += '/?theme=dark'
    v.open()
    v.ask(files['mp3'])
    def of(selector, what): return v.page.evaluate(f'(e => {what})(document.querySelector("{selector}"))')
    columns = of('.answer .columns', 'getComputedStyle(e).gridTemplateColumns.split(" ").length')
    assert columns == (1 if theme == 'narrow' else 2)
    color = [int(c) for c in re.findall(r'\d+', of('.answer canvas', 'getComputedStyle(e).color'))[:3]]
    assert (min(color) > 150) == (theme == 'dark')      # light dots on dark, dark ones on light
    for part in '.drop', '.ways': assert of(f'.uploader {part}', 'e.clientWidth') > .9*of('.uploader', 'e.clientWidth')
    assert of('.songae.answer', 'e.scrollWidth <= e.clientWidth')
    v.picture(f'8-{theme}')


def dark(v):
    "The share of dark pixels of the map; and of those of the canvas below, which the dots are drawn on without WebGL."
    map = Image.open(BytesIO(v.page.locator('.answer .map').screenshot())).convert('L')
    own = '''e => { const c = e.getContext("2d"), { data } = c.getImageData(0, 0, e.width, e.height)
      return data.filter((v, i) => i % 4 === 3 && v > 99).length / data.length * 4 }'''
    return (np.asarray(map) < 128).mean(), v.page.locator('.answer .map canvas').first.evaluate(own)


def test_the_map_with_webgl_without_it_and_when_it_is_lost(visit):
    def gpu(v): return v.page.locator('.answer canvas.dots').is_visible()
    v = visit().open()
    v.wait('.answer .map[data-drawn="12"]')
    assert v.becomes(lambda: dark(v)[0] > .001)
    v.page.wait_for_timeout(500)
    with_it, own = dark(v)
    assert own == 0 and gpu(v)
    def as_dark(v):
        without, own = dark(v)
        return own > 0 and abs(without - with_it) < .2*with_it
    v.page.evaluate('document.querySelector(".answer canvas.dots").getContext("webgl").getExtension("WEBGL_lose_context").loseContext()')
    v.wait('.answer canvas.dots', state='hidden')
    assert v.becomes(lambda: as_dark(v))
    v = visit()
    v.page.add_init_script(NO_WEBGL)
    v.open()
    v.wait('.answer .map[data-drawn="12"]')
    assert v.becomes(lambda: as_dark(v)) and not gpu(v) and not v.broken
    free_dot(v)


# What differs between the two

@pytest.fixture
def in_lab(server, visit):
    if server[0] != 'lab': pytest.skip('for JupyterLab')
    return visit()


@pytest.fixture
def in_voila(server, visit):
    if server[0] != 'voila': pytest.skip('for Voila')
    return visit


def test_too_large_is_refused_before_it_is_sent(in_lab, files):
    v = in_lab.open('small.ipynb')
    assert 'at most 20 MB' in v.error(files[30]) and not v.uploads()
    v.ask(files[10.1])


def test_why(in_lab, files):
    "A sentence and passages side by side, which play, one at a time; closed again, and gone with the next song."
    v = in_lab.open('why.ipynb')
    v.ask(files['mp3'])
    v.page.click('.answer .first .because')
    v.wait('.answer .first .why .sentence')
    assert v.text('.answer .first .why .sentence').startswith('They ')
    clips = v.page.locator('.answer .first .why .clip')
    assert clips.count() in (2, 4, 6) and re.fullmatch(r'\d+:\d\d', clips.first.inner_text().strip())
    v.picture('9-why')
    clips.nth(0).locator('.play').click()
    v.wait('.answer .first .why li:first-child .clip:first-child .play[data-state=playing]')
    clips.nth(1).locator('.play').click()
    v.wait('.answer .first .why li:first-child .clip:last-child .play[data-state=playing]')
    assert v.page.locator('.answer .play[data-state=playing]').count() == 1
    v.page.click('.answer .first .because')
    v.wait('.answer .first .why', state='hidden')
    v.ask(files[10.1])
    assert not v.page.locator('.answer .why .sentence').count() and v.page.locator('.answer .because').count() == 5
    assert not v.broken


def test_clusters_have_names(in_lab):
    "Which are texts, cover no other, and leave when their place does."
    v = in_lab.open('names.ipynb')
    v.wait('.answer .names span')
    def shown(): return [e.inner_text() for e in v.page.locator('.answer .names span').all() if e.is_visible()]
    assert v.becomes(lambda: shown() == [EVIL, 'far away'])
    v.picture('12-names')
    v.page.focus('.answer canvas')
    for _ in range(8): v.page.keyboard.press('+')
    assert v.becomes(lambda: shown() in ([EVIL], ['far away'], [])) and not v.broken
    v.page.keyboard.press('0')
    assert v.becomes(lambda: shown() == [EVIL, 'far away'])


def test_what_comes_next(in_lab, files, place):
    "The queue plays on by itself; another song may be asked for; a song that is chosen elsewhere ends it."
    v = in_lab.open('why.ipynb')
    v.ask(files['mp3'])
    v.page.click('.answer .first .play')        # which the queue takes over from
    v.wait('.answer .first[data-state=playing]')
    v.page.click('.answer .queue .on')
    v.wait('.answer .queue .now[data-state=playing]')
    assert 'sound alone' in v.text('.answer .queue .by') and v.page.locator('.answer .queue .later').count() == 3
    v.picture('10-queue')
    titles = [v.text('.answer .queue .now .title')]
    def another(title): v.page.wait_for_function('t => ![...t, undefined].includes(document.querySelector(".answer .queue .now .title")?.textContent)', arg=title)
    v.page.click('.answer .queue .skip')
    another(titles)
    v.wait('.answer .queue .now[data-state=playing]')
    titles.append(v.text('.answer .queue .now .title'))
    v.page.evaluate('const seek = document.querySelector(".answer .queue .now .seek"); seek.value = seek.max; seek.dispatchEvent(new Event("input"))')
    another(titles)         # it has ended
    v.wait('.answer .queue .now[data-state=playing]')
    titles.append(v.text('.answer .queue .now .title'))
    assert len(set(titles)) == 3
    v.page.click('.answer .queue .later:last-child .play')      # one that is to come
    v.wait('.answer .queue .later:last-child[data-state=playing]')
    assert v.text('.answer .queue .on') == 'Stop' and 'remembered on this computer' in v.text('.answer .queue .by')
    played = History(SongMatcher.load(place/'patches.songae').folder_).plays()
    assert played.kind.tolist() == ['skip', 'new', 'skip']      # what was left, what ended, what was left; nothing else
    v.page.click('.answer .first .play')
    v.wait('.answer .queue .on:has-text("Play on")')
    assert not v.broken


def test_seeds(in_lab, files):
    "Songs of the answer, of the map and found by name become seeds, and are taken back; one of the catalog begins a question."
    v = in_lab.open('why.ipynb')
    def chips(n): v.page.wait_for_function('n => document.querySelectorAll(".answer .chip").length === n', arg=n)
    v.ask(files['mp3'])
    before = v.titles()
    third, last = (v.text(f'.answer .list ol .row:{which} .title') for which in ('nth-child(3)', 'last-child'))
    v.page.click('.answer .list ol .row:nth-child(3) .more')
    chips(2)
    v.page.click(f'.answer .list ol .row:has-text("{last}") .not')
    chips(3)
    assert v.page.locator('.answer .chip .title').all_inner_texts()[1:] == [third, last]
    assert not {third, last} & set(v.titles()) and v.page.locator('.answer .mark.unlike').count() == 1
    v.picture('11-seeds')
    for n in 2, 1:
        v.page.click('.answer .chip:last-child .back')
        chips(n)
    assert v.titles() == before
    v.page.click('.answer .chip .back')
    v.wait('.answer .empty')
    other, x, y = free_dot(v)
    v.page.mouse.click(x, y)
    v.page.click('.answer .other .more')
    v.wait(f'.answer .query .title:has-text("{other}")')
    assert len(v.titles()) == 5 and other not in v.titles() and not v.broken


def test_parts_places_and_playlists(in_lab, files, place):
    v = in_lab.open('why.ipynb')
    v.ask(files['mp3'])
    before = v.titles()
    def take(start, end):
        v.page.click('.answer .chip .open')
        for which, text in (0, start), (1, end): v.page.fill(f'.answer .chip .part input >> nth={which}', text)
        v.page.keyboard.press('Enter')
    take('0:02', '0:06')
    v.wait('.answer .query .title:has-text("0:02 to 0:06")')
    take('9:00', '9:10')
    v.wait('.answer .chip .problem:has-text("no tenth of a second")')
    v.picture('16-part')
    v.page.click('.answer .chip .whole')
    v.page.wait_for_function('!document.querySelector(".answer .query .title").textContent.includes(" to ")')
    assert v.titles() == before and v.page.evaluate('document.activeElement.closest(".chip") !== null')
    v.page.press('.answer canvas', 'Shift+ArrowLeft')
    v.page.press('.answer canvas', 'p')
    v.wait('.answer .other .title:has-text("a place near")')
    v.page.keyboard.press('Escape')
    v.wait('.answer .other', 'detached')
    v.page.keyboard.press('p')
    v.wait('.answer .other')
    v.page.click('.answer .list .first .play')      # a song is played, and the place stays
    assert v.page.locator('.answer .other').count() == 1
    v.page.click('.answer .zoom button:has-text("−")')        # so that it is not fitted to what is asked
    x, y = next(at for at in spots(v) if not v.page.locator('.answer .tip').is_visible())
    canvas = v.page.locator('.answer canvas').first
    box = canvas.bounding_box()
    v.page.mouse.click(x, y)
    v.page.click('.answer .other .more')
    v.wait('.answer .query .title:has-text("a place near")')
    assert v.page.locator('.answer .mark.query').count() == 2 and not v.page.locator('.answer .other').count()
    mark, now = v.page.locator('.answer .mark.query').first.bounding_box(), canvas.bounding_box()
    assert abs(mark['x'] + 12 - now['x'] - (x - box['x'])) < 3 and abs(mark['y'] + 12 - now['y'] - (y - box['y'])) < 3    # where it was
    (place/'files'/'evening.m3u8').write_text('../songs/house 0.flac\nsongs/house 1.flac\ngone.flac\n')
    v.choose(place/'files'/'evening.m3u8')
    v.wait('.answer .query .title:has-text("evening")')
    assert v.page.get_attribute('.answer .query', 'title') == 'playlist, 2 songs of the catalog'
    assert 'evening: 1 of its songs' in v.text('.answer .note')
    assert len(v.titles()) == 5 and not {'house 0', 'house 1'} & set(v.titles())
    v.picture('17-playlist')
    v.page.click('.answer .query .play')
    v.wait('.answer .query[data-state=playing]')
    assert not v.broken


def test_a_path(in_lab, files):
    v = in_lab.open('why.ipynb')
    v.ask(files['mp3'])
    goal = v.text('.answer .list ol .row:last-child .title')
    v.page.click('.answer .list ol .row:last-child .there')
    v.wait('.answer .goal .title')
    v.wait('.answer ol.path .row')
    assert v.text('.answer .goal .title') == goal == v.titles()[-1] and len(v.titles()) == 6
    red = '''e => { const { data } = e.getContext("2d").getImageData(0, 0, e.width, e.height)
      return data.filter((v, i) => i % 4 === 3 && v > 200 && data[i - 3] > 150 && data[i - 2] < 120).length }'''
    assert v.becomes(lambda: v.page.locator('.answer .map canvas').first.evaluate(red) > 100)      # a line, thick and opaque
    v.picture('13-path')
    v.page.click('.answer .goal .back')
    v.page.wait_for_function('!document.querySelector(".answer .chip.goal")')
    assert len(v.titles()) == 5 and not v.broken


def test_filters(in_lab, files):
    v = in_lab.open('why.ipynb')
    v.ask(files['mp3'])
    before = v.titles()
    v.page.click('.answer .wishes summary')
    v.page.select_option('.answer .wishes label:has-text("Songs of an artist") select', label='1')
    v.page.wait_for_function('document.querySelectorAll(".answer .list ol .row").length === 1')
    assert 'Narrow down (1)' in v.text('.answer .wishes summary')
    v.picture('14-filters')
    v.page.fill('.answer .wishes input[aria-label="Minutes from"]', '9')
    v.page.keyboard.press('Tab')
    v.wait('.answer .none')
    v.picture('15-none')
    assert v.page.locator('.answer .loosen').all_inner_texts() == ['Without minutes']
    v.page.click('.answer .loosen')
    v.page.wait_for_function('document.querySelectorAll(".answer .list ol .row").length === 1')
    v.page.fill('.answer .keep input', 'one of each')
    v.page.keyboard.press('Enter')
    v.wait('.answer .keep [role=status]:not(:empty)')
    assert 'for this visit only' in v.text('.answer .keep [role=status]')      # the song was sent
    v.page.click('.answer .wishes .clear')
    v.page.wait_for_function('document.querySelectorAll(".answer .list ol .row").length === 5')
    assert v.titles() == before
    v.page.focus('.answer .wishes input[type=range]')
    v.page.keyboard.press('End')
    v.wait('.answer .again')
    drawn = v.titles()
    def another():
        v.page.click('.answer .again')
        v.page.wait_for_timeout(400)
        return v.titles() != drawn
    assert v.becomes(another) and not v.broken


def test_files_of_this_computer_and_adding_them(in_lab, files, place):
    v = in_lab.open()
    v.page.fill('.uploader .path input', f'{files["mp3"].parent}/')
    v.wait(f'.uploader datalist option[value="{files["mp3"]}"]', state='attached')
    v.page.fill('.uploader .path input', '/no/such.wav')
    v.page.press('.uploader .path input', 'Enter')
    v.wait('.uploader .error:has-text("no such file")')
    v.page.fill('.uploader .path input', str(files['mp3']))
    v.page.press('.uploader .path input', 'Enter')
    v.wait('.answer .query .title:has-text("reggae")')
    v.page.click('button:has-text("Add my song")')
    v.wait('.answer .note:has-text("Added")')
    saved = v.tmp.parent/'twelve.songae'
    assert files['mp3'].exists() and str(files['mp3']) in SongMatcher.load(saved).songs_.path.values
    v.ask(files['evil'], '<img src=x onerror=alert(1)>')
    v.page.click('button:has-text("Add my song")')
    v.wait('.answer .note:has-text("Added")')
    last = SongMatcher.load(saved).songs_.iloc[-1]
    kept = Path(last.path)
    assert kept.read_bytes() == files['evil'].read_bytes() and re.fullmatch(r'[0-9a-f]{32}\.wav', kept.name)
    assert last.title == files['evil'].stem


def test_reloaded_and_restarted(in_lab, files):
    "The page is loaded anew: the app is as it was. Amid an upload: it says so. After a restart nothing is left behind."
    v = in_lab.open()
    v.ask(files['mp3'])
    v.page.keyboard.press('Control+s')
    v.page.wait_for_timeout(2000)
    v.page.reload()
    v.wait('.answer .query .title:has-text("reggae")')
    v.page.click('.answer .first .play')
    v.wait('.answer .first[data-state=playing]')
    v.choose(files[300])
    v.page.wait_for_function('parseFloat(document.querySelector(".uploader .figures").textContent) > 20')
    v.page.reload()
    v.wait('.uploader .error:has-text("loaded anew")')
    assert len(v.uploads()) == 1        # that of the answer
    v.ask(files[10.1])
    folders = {p.parent for p in v.uploads()}
    v.page.click('[data-jp-item-name="restart-and-run"]')
    v.page.click('.jp-Dialog .jp-mod-accept')
    v.wait('.answer .empty:has-text("Give it a song")')
    assert not folders & set(v.tmp.glob('songae-page-*'))


def test_a_kernel_that_is_gone(in_lab, files):
    v = in_lab.open()
    v.page.click('.lm-MenuBar-itemLabel:text-is("Kernel")')
    v.page.click('.lm-Menu-itemLabel:text-is("Shut Down Kernel")')
    v.page.wait_for_timeout(2000)
    v.choose(files['mp3'])
    v.wait('.uploader .error:has-text("does not answer")')
    assert not v.uploads()


def test_two_visitors_do_not_see_each_other(in_voila, files):
    before = set(in_voila().tmp.glob('songae-page-*'))
    a, b = in_voila().open(), in_voila().open()
    a.choose(files[300])
    b.ask(files['mp3'])
    b.page.click('button:has-text("Add my song")')
    b.wait('.answer .note:has-text("for this visit")')
    a.wait('.answer .query .title:text-is("house of 300 MB")', seconds=90)
    a.wait('.uploader[data-stage=done]')        # the slider is shown after the answer
    a.page.focus('.widget-slider [role=slider]')
    for _ in range(14): a.page.keyboard.press('ArrowRight')
    a.page.wait_for_function('document.querySelectorAll(".answer .list ol .row").length >= 12')
    a.page.wait_for_timeout(1500)       # in case there were more to come
    assert len(a.titles()) == 12 and 'reggae' not in a.titles()
    assert len([p for p in set(a.tmp.glob('songae-page-*')) - before if p.is_dir()]) == 2
    for v in a, b: v.page.close(run_before_unload=True)
    for _ in range(40):
        if not set(a.tmp.glob('songae-page-*')) - before: break
        time.sleep(.5)
    assert not set(a.tmp.glob('songae-page-*')) - before        # the visits that ended have left nothing


def test_reloading_is_a_new_visit(in_voila, files):
    v = in_voila().open()
    v.ask(files['mp3'])
    v.page.reload()
    v.wait('.answer .empty')
    assert not v.page.locator('.answer .query').count()


def test_neither_code_nor_files_through_the_page(in_voila, files, place, tmp_path):
    "Over the page's own connection to its kernel: code is not run. By address: no file is given."
    v = in_voila()
    sockets = []
    v.page.on('websocket', lambda w: sockets.append(w.url))
    v.open()
    target = tmp_path/'written'
    answer = v.page.evaluate('''([url, code]) => new Promise(resolve => {
        const header = { msg_id: 'a', msg_type: 'execute_request', username: '', session: 's', version: '5.3' }
        header.date = new Date().toISOString()
        const socket = new WebSocket(url), heard = []
        socket.onmessage = e => heard.push(String(e.data))
        socket.onopen = () => {
          const flags = { silent: false, store_history: false, allow_stdin: false, stop_on_error: true }
          const message = { header, parent_header: {}, metadata: {}, channel: 'shell', buffers: [],
            content: { code, user_expressions: {}, ...flags } }
          socket.send(JSON.stringify(message))
          setTimeout(() => resolve(heard), 3000)
        }
        socket.onerror = () => resolve('refused')
      })''', [sockets[0].split('?')[0], f'open({str(target)!r}, "w").close()'])
    assert not target.exists() and 'execute_reply' not in str(answer)
    for path in ('/voila/files/app.ipynb', '/voila/files/../../songae/cli.py', '/files/app.ipynb', '/api/contents',
                 '/voila/files/images/app.png', f'/voila/files/{place}/twelve.songae/settings.json'):
        with pytest.raises(urllib.error.HTTPError) as e: urllib.request.urlopen(v.address + path)
        assert e.value.code in (403, 404), path
    assert v.page.locator('.uploader .path').count() == 0
