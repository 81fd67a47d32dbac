"""How songae does at size: answers among a million songs, the first answer of a process, reading a library.

    python benchmarks/scale.py                                  # codes and cold: synthetic, some minutes
    python benchmarks/scale.py --parts query                    # questions to a made library of 100,000 songs; two minutes
    python benchmarks/scale.py --parts sync --sizes 500,5000    # made files; 50000 takes half an hour
    python benchmarks/scale.py --parts large                    # needs  pip install "songae[large]"; ten minutes
    python benchmarks/scale.py --parts bliss --songs ~/Music    # needs  pip install bliss-audio

codes: an answer beside one float32 matrix-vector product over the same codes, interleaved in one run; medians.
cold:  a whole process that answers for a stored song, from the shell and back.
query: questions of all kinds (page Queries) beside one matrix-vector product over the same codes; medians, and the first time
       that a question is asked, when columns are taken apart.
large: an index on disk beside the exact answer: recall of the nearest ten, times, bytes.
sync:  songs a second, peak memory of all processes and bytes a song, for made songs of a second and a half.
bliss: both encode the same songs on all cores, in turns; how much of each is decoding.
"""
import argparse
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import numpy as np
import pandas as pd
import soundfile as sf

from songae import Library, SongMatcher, catalog
from songae.basics import one_core_each
from songae.encoders import PatchEncoder
from songae.files import find_songs
from songae.neighbors import LocallyScaled, Nearest, grow_near
from songae.reading import n_cores, read_songs


def timed(f):
    start = time.perf_counter()
    return f(), time.perf_counter() - start


def clustered(n, size=128, seed=0):
    "Codes of length 1 in clusters of fifty, as songs of one artist are."
    rng = np.random.default_rng(seed)
    codes = np.repeat(rng.standard_normal((-(-n//50), size), dtype=np.float32), 50, axis=0)[:n]
    codes += .7*rng.standard_normal((n, size), dtype=np.float32)
    codes /= np.linalg.norm(codes, axis=1, keepdims=True)
    return codes[rng.permutation(n)]


def plain_answer(codes, usual, query, k):
    "The definition of a locally scaled answer, as the page Neighbors has it."
    d = np.sqrt(((codes.astype(np.float64) - query)**2).sum(1))
    scaled = d/np.sqrt((np.sort(d)[:10].mean() + 1e-9)*usual)
    return np.argsort(scaled, kind='stable')[:k]


def codes_part(args):
    rows = {}
    for n in args.codes:
        codes = clustered(n)
        near, seconds = timed(lambda: grow_near(None, codes)) if n <= 100_000 else (sampled_near(codes), float('nan'))
        grown = timed(lambda: grow_near(near[:-100], codes))[1] if n <= 100_000 else float('nan')
        scaled, plain = LocallyScaled().fit(codes, near), Nearest().fit(codes)
        tasks = {'product': lambda q: codes @ q, 'scaled': lambda q: scaled.kneighbors(q, 10), 'plain': lambda q: plain.kneighbors(q, 10)}
        queries = np.random.default_rng(1).integers(0, n, 21 if n > 500_000 else 201)
        times = [{name: timed(lambda: f(codes[i]))[1] for name, f in tasks.items()} for i in queries]
        ms = 1e3*pd.DataFrame(times[1:]).median()
        old = 1e3*np.median([timed(lambda: plain_answer(codes, scaled.usual_, codes[i], 10))[1] for i in queries[:3]])
        for i in queries[:3]: assert (scaled.kneighbors(codes[i], 10)[1] == plain_answer(codes, scaled.usual_, codes[i], 10)).all()
        rows[f'{n:,}'] = {'product ms': ms['product'], 'scaled/product': ms.scaled/ms['product'], 'plain/product': ms.plain/ms['product'],
                          'definition/product': old/ms['product'], 'near s': seconds, 'near of 100 more s': grown}
        print(n, {k: round(v, 3) for k, v in rows[f'{n:,}'].items()}, flush=True)
    return pd.DataFrame(rows).T


def sampled_near(codes):
    "What is usual for a million songs, from a tenth of them: enough to time answers."
    near = grow_near(None, codes[:50_000])
    return near[np.random.default_rng(0).integers(0, len(near), len(codes))]


def large_part(args):
    from songae.large import InvertedFile
    rows = {}
    for n in args.codes:
        codes = clustered(n)
        near, ids = sampled_near(codes), np.arange(n)
        exact = LocallyScaled().fit(codes, near)
        queries = np.random.default_rng(2).integers(0, n, 1000)
        with tempfile.TemporaryDirectory() as folder:
            index, build = timed(lambda: InvertedFile(folder).fit(ids[:-1000], codes[:-1000], near[:-1000]))
            update = timed(lambda: index.fit(ids, codes, near))[1]
            size = sum(p.stat().st_size for p in Path(folder).iterdir())
            found, true = ([timed(lambda: finder.kneighbors(codes[i], 10, leave_out=[i])) for i in queries] for finder in (index, exact))
            pairs = list(zip(found, true))
        recall = np.mean([len(np.intersect1d(a[1], b[1]))/10 for (a, _), (b, _) in pairs])
        ms, exact_ms = 1e3*np.median([(a, b) for (_, a), (_, b) in pairs], 0)
        rows[f'{n:,}'] = {'recall@10': recall, 'ms': ms, 'exact ms': exact_ms, 'made in s': build, '1,000 more s': update,
                          'on disk MB': size/1e6, 'codes MB': codes.nbytes/1e6}
        print(n, {k: round(v, 3) for k, v in rows[f'{n:,}'].items()}, flush=True)
    return pd.DataFrame(rows).T


def cold_part(args):
    rows = {}
    with tempfile.TemporaryDirectory() as folder:
        for n in [n for n in args.codes if n <= 100_000]:
            place = Path(folder)/f'{n}'
            song = made_library(place, n)
            command = [sys.executable, '-c', 'from songae.cli import main; main()', 'match', str(song), '-m', str(place/'my.songae'), '-k', '10']
            bare = [sys.executable, '-c', 'import numpy']
            times = [(timed(lambda: subprocess.run(command, check=True, capture_output=True))[1],
                      timed(lambda: subprocess.run(bare, check=True))[1]) for _ in range(7)]
            ms = 1e3*np.median(times, 0)
            rows[f'{n:,}'] = {'songae match ms': ms[0], 'python and numpy alone ms': ms[1]}
    return pd.DataFrame(rows).T


def query_part(args):
    rng, n, rows = np.random.default_rng(0), args.songs_asked, {}
    with tempfile.TemporaryDirectory() as folder:
        made_library(Path(folder), n, learned=140)
        m, seconds = timed(lambda: SongMatcher.load(Path(folder)/'my.songae'))
        m.warm_up()
        codes = m.codes_
        where = dict(genre='genre 3', year='1980-2005', duration='2:00-9:00')
        questions = {
            'one seed': dict(), 'five seeds, one unlike': dict(more=4, unlike=True), 'an artist': dict(artist=True),
            'three filters': dict(where=where), 'title=*7*': dict(where=dict(title='*7*')), 'a folder': dict(where=dict(folder='Artist 7*')),
            'a tag': dict(where=dict(mood='calm')), 'a path excluded': dict(exclude=['*5.mp3']), 'variety': dict(variety=1.),
            'filters, caps, variety, flow': dict(where=where, by_artist=1, by_album=1, variety=.5, order='flow'),
            '90 minutes': dict(minutes=90), 'a path in ten songs': dict(to=True)}
        for name, question in questions.items():
            def ask():
                q, paths = dict(question), [f'/made/Artist {i//20}/{i}.mp3' for i in rng.integers(0, n, 8)]
                like = f'artist:Artist {rng.integers(0, n//20)}' if q.pop('artist', 0) else paths[:1 + q.pop('more', 0)]
                if q.pop('unlike', 0): q['unlike'] = paths[7]
                if q.pop('to', 0): q['to'] = paths[6]
                return m.query(like, **q)
            first = timed(ask)[1]
            times = [(timed(ask)[1], timed(lambda: codes @ codes[rng.integers(n)])[1]) for _ in range(31)]
            ms, product = 1e3*np.median(times, 0)
            rows[name] = {'ms': ms, 'product ms': product, 'ratio': ms/product, 'first ms': 1e3*first}
            print(name, {k: round(v, 1) for k, v in rows[name].items()}, flush=True)
        print(f'{n:,} songs, loaded in {seconds:.2f} s')
    return pd.DataFrame(rows).T


def made_library(place, n, learned=4, tags=lambda i, code: {}):
    "A saved matcher of `n` songs, with tags, beside those few that are files and that it has learned from; the first of these."
    (place/'music').mkdir(parents=True)
    rng = np.random.default_rng(0)
    for i in range(learned): sf.write(place/'music'/f'{i}.wav', made_song(rng), 8000)
    library = Library(place/'my.songae')
    library.sync(place/'music', progress=False)
    m = library.matcher()
    codes = clustered(n, m.codes_.shape[1])
    with m.catalog_ as db:
        def row(i):
            about = dict(title=f'song {i}', artist=f'Artist {i//20}', album=f'Album {i//10}', genre=f'genre {i//20 % 12}', year=1960 + i//20 % 60,
                         tags='{"mood": "calm"}' if i % 3 else '{"mood": "wild"}', duration=60. + i % 500, hash=f'{i}')
            about |= tags(i, codes[i])
            return about | dict(path=f'/made/Artist {i//20}/{i}.mp3'.encode(), albumartist='', track=None, disc=None, size=1, modified=0, remarks='', added=0.)
        near = np.full((n, m.nearest_.near_.shape[1]), .5, np.float32)
        catalog.put_codes(db, m.model_id_, [catalog.put_song(db, row(i)) for i in range(n)], codes, near)
    return place/'music'/'0.wav'


def made_song(rng):
    "A second and a half of four partials and noise at 8 kHz."
    t = np.arange(12_000)/8000
    tones = sum(np.sin(2*np.pi*f*t)*np.exp(-t*d) for f, d in zip(rng.uniform(80, 3000, 4), rng.uniform(0, 4, 4)))
    return (.15*tones + .02*rng.standard_normal(len(t))).clip(-1, 1)


SYNC = '''
import json, sys, time
from songae import Library
library = Library(sys.argv[2])
start = time.perf_counter()
report = library.sync(sys.argv[1], progress=False)
first = time.perf_counter() - start
start = time.perf_counter()
library.sync(progress=False)
print(json.dumps(dict(songs=report.songs, first=first, again=time.perf_counter() - start)))
'''


def watched(command):
    "What a command prints, and the most memory that it and all its workers had at one time, in bytes."
    import psutil
    p, peak = psutil.Popen(command, stdout=subprocess.PIPE, text=True), 0
    while p.poll() is None:
        with suppress(psutil.Error): peak = max(peak, sum(q.memory_info().rss for q in [p, *p.children(recursive=True)]))
        time.sleep(.1)
    if p.returncode: raise SystemExit(p.returncode)
    return p.stdout.read(), peak


def sync_part(args):
    import json
    rows, fixed = {}, None
    for n in args.sizes:
        with tempfile.TemporaryDirectory() as folder:
            rng = np.random.default_rng(0)
            for i in range(n):
                path = Path(folder)/'music'/f'{i//500}'/f'{i}.wav'
                path.parent.mkdir(parents=True, exist_ok=True)
                sf.write(path, made_song(rng), 8000)
            library = Path(folder)/'my.songae'
            out, peak = watched([sys.executable, '-c', SYNC, str(Path(folder)/'music'), str(library)])
            told, size = json.loads(out), sum(p.stat().st_size for p in library.rglob('*') if p.is_file())
            again = timed(lambda: subprocess.run([sys.executable, '-c', 'from songae.cli import main; main()', 'sync', '-m', str(library)],
                                                 check=True, capture_output=True))[1]
            fixed = fixed or (n, size)
            row = {'songs/s': told['songs']/told['first'], 'minutes': told['first']/60, 'second sync s': again,
                   'memory MB': peak/1e6, 'library MB': size/1e6}
            if n > fixed[0]: row['bytes a song'] = (size - fixed[1])/(n - fixed[0])
            rows[f'{n:,}'] = row
            print(n, {k: round(v, 1) for k, v in row.items()}, flush=True)
    return pd.DataFrame(rows).T


def bliss_part(args):
    try: import bliss_audio
    except ImportError: raise SystemExit('pip install bliss-audio') from None
    songs = find_songs(args.songs)[::args.every]
    encoder = PatchEncoder()
    def ours(): return [r for r in read_songs(songs, encoder) if r.row]
    def theirs():
        with ThreadPoolExecutor(n_cores()) as pool: return list(pool.map(lambda p: attempt(lambda: bliss_audio.Song(str(p))), songs))
    with one_core_each(): decoding = sum(timed(lambda: attempt(lambda: excerpts_of(p)))[1] for p in songs)/n_cores()
    whole = sum(timed(lambda: attempt(lambda: whole_of(p)))[1] for p in songs)/n_cores()
    rounds = [(timed(ours)[1], timed(theirs)[1]) for _ in range(args.rounds)]
    mine, bliss = np.median(rounds, 0)/len(songs)*1e3
    return pd.DataFrame({'songae': {'ms a song': mine, 'of it decoding': 1e3*decoding/len(songs)},
                         'bliss-audio': {'ms a song': bliss, 'of it decoding': 1e3*whole/len(songs)},
                         'bliss/songae': {'ms a song': bliss/mine}}).T


def attempt(f):
    try: return f()
    except BaseException as e: return e      # a panic of Rust is no Exception


def excerpts_of(path):
    from songae.audio import excerpts
    from songae.melspec import EXCERPT_SAMPLES, N_EXCERPTS, PATCH_RATE
    return excerpts(path, np.linspace(0, 1, N_EXCERPTS), EXCERPT_SAMPLES, sr=PATCH_RATE)


def whole_of(path):
    from songae.audio import load
    return load(path, sr=22_050)


PARTS = dict(codes=codes_part, cold=cold_part, query=query_part, large=large_part, sync=sync_part, bliss=bliss_part)


def numbers(text): return [int(n) for n in text.split(',')]


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('--parts', default='codes,cold')
    p.add_argument('--codes', type=numbers, default=[10_000, 100_000, 1_000_000])
    p.add_argument('--sizes', type=numbers, default=[500, 5000], help='files that are made and synced')
    p.add_argument('--songs-asked', type=int, default=100_000, help='of the made library, for the part query')
    p.add_argument('--songs', type=Path, help='a folder, for the part bliss')
    p.add_argument('--every', type=int, default=4, help='of these songs, every so-many-th')
    p.add_argument('--rounds', type=int, default=3)
    args = p.parse_args()
    for part in args.parts.split(','):
        df, seconds = timed(lambda: PARTS[part](args))
        print(f'\n{part} ({seconds:.0f} s)\n{df.to_string(float_format="{:,.4g}".format, na_rep="")}\n', flush=True)


if __name__ == '__main__': main()
