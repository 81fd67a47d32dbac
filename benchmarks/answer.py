"""How long after the end of an upload does the answer stand on the page?

    python benchmarks/answer.py [--paper] [--seconds 240] [--rounds 5] [--json]

The kernel's part of the app, with the demo's first matcher or, with --paper, its second (made first if there is none): from
the last piece of a song until the page has been told the answer, with the encoder loaded. Beside it two parts: the code,
which takes decoding and encoding, and the clip that can be played. Medians, in seconds. The first figure is what loading took.
"""
import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median

import soundfile as sf

from songae import SongMatcher
from songae.app import RecommendApp, demo_matchers
from songae.audio import SAMPLE_RATE, clip
from songae.demo import demo_songs, make_song

FORMATS = {'wav': {}, 'flac': {}, 'ogg': {}, 'mp3': dict(format='MP3')}
LINE = '  {format:<5}{megabytes:6.1f} MB   answer {answer:.2f}   code {code:.2f}   clip {clip:.2f}'


def timed(f, *args):
    start = time.perf_counter()
    f(*args)
    return time.perf_counter() - start


def settle(app): app._worker.submit(lambda: None).result()


def ask(app, data):
    def say(kind, *buffers, **content): app.uploader.receive(app.uploader, dict(kind=kind, id='x', **content), buffers)
    say('start', name='song', size=len(data))
    start = time.perf_counter()
    say('piece', data, offset=0)
    settle(app)
    assert app.uploader.stage == 'done', app.uploader.message
    return time.perf_counter() - start


def load(paper):
    "The app with one of the demo's matchers, and how long that took."
    saved = demo_matchers()[paper]
    if not saved.exists(): SongMatcher('deep' if paper else 'patches').fit(list(demo_songs().path)).save(saved)
    start = time.perf_counter()
    app = RecommendApp(saved, limit=10**9)
    settle(app)
    return app, time.perf_counter() - start


def write(path, song, options):
    with sf.SoundFile(path, 'w', SAMPLE_RATE, 2, **options) as f:
        for i in range(0, len(song), SAMPLE_RATE): f.write(song[i:i + SAMPLE_RATE])     # Ogg at once is too much for libsndfile


def measure(app, path, rounds):
    data = path.read_bytes()
    return dict(format=path.suffix[1:], megabytes=len(data)/1e6, answer=median(ask(app, data) for _ in range(rounds)),
                code=median(timed(app.matcher.code_of, path) for _ in range(rounds)),
                clip=median(timed(clip, path) for _ in range(rounds)))


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--paper', action='store_true')
    ap.add_argument('--seconds', type=int, default=240)
    ap.add_argument('--rounds', type=int, default=5)
    ap.add_argument('--json', action='store_true')
    a, rows = ap.parse_args(), []
    app, loading = load(a.paper)
    if not a.json: print(f'{app.matcher} loaded in {loading:.1f} s; a song of {a.seconds} s:')
    with tempfile.TemporaryDirectory() as folder:
        song = make_song('bossa nova', 5, seconds=a.seconds)
        for name, options in FORMATS.items():
            path = Path(folder)/f'song.{name}'
            write(path, song, options)
            rows.append(measure(app, path, a.rounds))
            if not a.json: print(LINE.format(**rows[-1]), flush=True)
    if a.json: print(json.dumps(dict(loading=loading, rows=rows)))


if __name__ == '__main__': main()
