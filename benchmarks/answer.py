"""How long after the end of an upload does the answer stand on the page?

    python benchmarks/answer.py [--seconds 240] [--rounds 5] [--json]

The kernel's part of the app, with the demo's matcher (made first if there is none: the paper's deep model at full size): from
the last piece of a song until the page has been told the answer, with the network loaded. Beside it the parts: decoding,
encoding, and the clip that can be played. Medians, in seconds. The first figure is what loading the network took.
"""
import argparse
import json
import tempfile
import time
from pathlib import Path
from statistics import median

import soundfile as sf
from platformdirs import user_cache_path

from songae import SongMatcher
from songae.audio import SAMPLE_RATE, clip
from songae.demo import demo_songs, make_song
from songae.waveforms import waveform
from songae.app import RecommendApp

FORMATS = {'wav': {}, 'flac': {}, 'ogg': {}, 'mp3': dict(format='MP3')}


def timed(f, *args):
    start = time.perf_counter()
    f(*args)
    return time.perf_counter() - start


def ask(app, data):
    app.uploader._receive(app.uploader, dict(kind='start', id='x', name='song', size=len(data)), [])
    start = time.perf_counter()
    app.uploader._receive(app.uploader, dict(kind='piece', id='x', offset=0), [data])
    app._worker.submit(lambda: None).result()
    assert app.uploader.stage == 'done', app.uploader.message
    return time.perf_counter() - start


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--seconds', type=int, default=240); ap.add_argument('--rounds', type=int, default=5); ap.add_argument('--json', action='store_true')
    a, saved, rows = ap.parse_args(), user_cache_path('songae')/'demo.songae', []
    if not saved.exists(): SongMatcher('deep').fit(list(demo_songs().path)).save(saved)
    start = time.perf_counter()
    app = RecommendApp(saved, limit=10**9)
    app._worker.submit(lambda: None).result()
    loading = time.perf_counter() - start
    if not a.json: print(f'matcher and network loaded in {loading:.1f} s; a song of {a.seconds} s:')
    with tempfile.TemporaryDirectory() as folder:
        song = make_song('bossa nova', 5, seconds=a.seconds)
        for name, options in FORMATS.items():
            p = Path(folder)/f'song.{name}'
            with sf.SoundFile(p, 'w', SAMPLE_RATE, 2, **options) as f:
                for i in range(0, len(song), SAMPLE_RATE): f.write(song[i:i + SAMPLE_RATE])    # as a whole, Ogg would be too much for libsndfile
            x = waveform(p, app.matcher.n_samples)[None]
            row = dict(format=name, megabytes=p.stat().st_size/1e6, answer=median(ask(app, p.read_bytes()) for _ in range(a.rounds)),
                       decode=median(timed(waveform, p, app.matcher.n_samples) for _ in range(a.rounds)),
                       encode=median(timed(app.matcher.encoder_, app.matcher.scaler_.transform(x)) for _ in range(a.rounds)), clip=median(timed(clip, p) for _ in range(a.rounds)))
            rows.append(row)
            if not a.json: print('  {format:<5}{megabytes:6.1f} MB   answer {answer:.2f}   decode {decode:.2f}   encode {encode:.2f}   clip {clip:.2f}'.format(**row), flush=True)
    if a.json: print(json.dumps(dict(loading=loading, rows=rows)))


if __name__ == '__main__': main()
