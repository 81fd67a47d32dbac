"""Versions of one recording: how many are missed, and how many songs that are no versions are merged.

    python benchmarks/versions.py SONGS [--every N] [--seconds 60] [--keep FOLDER] [--witness N] [--show]
                                      [--parts made,apart,crossed,scale]

SONGS is a folder of songs, one sub-folder an artist or soundtrack, or a saved matcher of them. ffmpeg makes the versions.
What was measured is kept in the folder KEEP, song by song, so that a run that was interrupted goes on. Parts:

    made     a version of each kind of every Nth song: the share that is found, for the fingerprints of songae, for
             Chromaprint and for codes alone, each at the limit that merges no more than 1 in 1,000; Wilson's intervals
    apart    all pairs of songs of one folder, and all candidates of different folders: how many are merged
    crossed  made versions against three other songs of the folder
    scale    seconds to find candidates among 50,000 codes, and milliseconds of `version_groups` at 100,000 songs

No recording of a concert is among them: 'live' is made, too, by a speed that sways by 3 %, an echo of a hall, noise and
applause. The limits were chosen on every other folder; figures are of the others.
"""
import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations
from pathlib import Path

os.environ.setdefault('OMP_NUM_THREADS', '1')

import numpy as np
import pandas as pd
import soundfile as sf
from scipy.signal import fftconvolve

from songae import SongMatcher
from songae.audio import load
from songae.basics import prefetch
from songae.versions import (CHROMAPRINT, DIFFERENT, NEAR, SAME, Versions, chromaprint_agreement, chromaprint_of, fingerprint, has_chromaprint,
                             likeness, near_pairs)

RATE = 22_050
KINDS = {       # name -> (filter of ffmpeg, what the encoder is told, suffix); {d} is the duration, {c} what is cut off
    'MP3, 128 kbit/s': ('', ['-c:a', 'libmp3lame', '-b:a', '128k'], '.mp3'),
    'Opus, 64 kbit/s': ('', ['-c:a', 'libopus', '-b:a', '64k'], '.opus'),
    '9 dB less': ('volume=-9dB', [], '.wav'),
    'EQ, dark': ('bass=g=8:f=150,treble=g=-9:f=4000', [], '.wav'),
    'EQ, bright': ('bass=g=-9:f=200,treble=g=8:f=3000', [], '.wav'),
    'remaster': ('acompressor=threshold=-22dB:ratio=4:makeup=3,bass=g=3:f=120,treble=g=4:f=6000,alimiter=limit=0.8', [], '.wav'),
    'cut at both ends': ('atrim={c}:{e},asetpts=N/SR/TB', [], '.wav'),
    'middle cut out': ("aselect='not(between(t,{m},{n}))',asetpts=N/SR/TB", [], '.wav'),
    '5 % faster': ('aresample=44100,asetrate=46305,aresample=44100', [], '.wav'),
    '3 % slower': ('aresample=44100,asetrate=42777,aresample=44100', [], '.wav'),
    'tempo 1.05': ('atempo=1.05', [], '.wav'),
    'a half step up': ('aresample=44100,asetrate=46722,aresample=44100,atempo=0.943874', [], '.wav'),
    'live, made': None,
}


def wilson(k, n, z=1.96):
    "The 95 % interval of a share."
    if not n: return np.nan, np.nan
    p, half = (k/n + z*z/(2*n))/(1 + z*z/n), z*np.sqrt(k/n*(1 - k/n)/n + z*z/(4*n*n))/(1 + z*z/n)
    return max(p - half, 0), min(p + half, 1)


def make(kind, original, duration, target):
    "Make a version of a WAV file."
    if KINDS[kind] is None: return make_live(original, target)
    filters, codec, _ = KINDS[kind]
    c = min(20, duration/6)
    filters = filters.format(c=c, e=duration - c, m=.4*duration, n=.7*duration)
    codec = codec or ['-ar', str(RATE), '-ac', '1']
    subprocess.run(['ffmpeg', '-v', 'error', '-y', '-nostdin', '-i', original, *(['-af', filters] if filters else []), *codec, target], check=True)


def make_live(original, target):
    x, rng = load(original, sr=RATE), np.random.default_rng(0)
    at = np.cumsum(1 + .03*np.sin(2*np.pi*np.arange(len(x))/RATE/40 + 1))
    y, n = np.interp(at[at < len(x) - 1], np.arange(len(x)), x), int(.9*RATE)
    hall = rng.normal(size=n)*np.exp(-6.9*np.arange(n)/n)
    y = y + .5*fftconvolve(y, hall/np.sqrt((hall**2).sum()))[:len(y)]
    level, edge, applause = np.sqrt((y**2).mean()), min(6*RATE, len(y)//2), np.zeros(len(y))
    applause[:edge], applause[-edge:] = np.linspace(1, 0, edge), np.linspace(0, 1, edge)
    y = y + level*rng.normal(size=len(y))*(.1 + applause)
    sf.write(target, y/max(1, np.abs(y).max()), RATE)


# Made versions --------------------------------------------------------------------------------------------------------

def judged(args, m, song, others):
    "A row for each kind of version of a song; fingerprints of other songs are compared, too."
    rows = []
    with tempfile.TemporaryDirectory() as place:
        original = f'{place}/original.wav'
        sf.write(original, load(song.path, args.seconds*44_100, sr=44_100, mono=False)[:, :2], 44_100)
        duration, whole = sf.info(original).duration, fingerprint(song.path)
        chromaprint, code = chromaprint_of(song.path) if has_chromaprint() else None, m.codes_[m.ids_ == song.Index][0]
        for kind in KINDS:
            target = f'{place}/version{KINDS[kind][2] if KINDS[kind] else ".wav"}'
            make(kind, original, duration, target)
            bits, of_version = fingerprint(target), m.encoder.encode_song(target)
            found, cosines = likeness(whole, bits), m.codes_ @ of_version
            rows.append(dict(song=song.path, kind=kind, errors=found.errors, speed=found.speed, cosine=float(code @ of_version),
                             rank=int((cosines > code @ of_version).sum()),
                             crossed={o: likeness(bits, other).errors for o, other in others.items()}))
            if has_chromaprint(): rows[-1]['chromaprint'] = chromaprint_agreement(chromaprint, chromaprint_of(target))
            os.unlink(target)
    return rows


def made(args, m, versions):
    "Measure what is not yet measured, two songs at a time."
    kept = args.keep/f'made-{args.seconds}.jsonl'
    known = {json.loads(line)['song'] for line in open(kept)} if kept.exists() else set()
    songs = [s for s in m.songs_.iloc[::args.every].itertuples() if s.path not in known]
    prints = fingerprints(args, m, versions)
    def work(s):
        mates = m.songs_[folders(m) == Path(s.path).parent.name]
        mates = mates[mates.path != s.path].sample(min(3, len(mates) - 1), random_state=0)
        return judged(args, m, s, {p: prints[h] for p, h in zip(mates.path, mates.hash) if h in prints})
    with ThreadPoolExecutor(2) as pool, open(kept, 'a') as f:
        for i, rows in enumerate(prefetch(pool, work, songs, 3)):
            f.writelines(json.dumps(r) + '\n' for r in rows)
            f.flush()
            if i % 10 == 9: print(f'  {i + 1} of {len(songs)} songs', file=sys.stderr, flush=True)


def rows_of(args, m):
    df = pd.DataFrame([json.loads(line) for line in open(args.keep/f'made-{args.seconds}.jsonl')])
    return df[df.song.isin(set(m.songs_.path.iloc[::args.every]))]


def show_made(args, m, pairs):
    df, few = rows_of(args, m), pairs[pairs.same_folder]
    ways = dict(songae=('errors', -1, SAME), Chromaprint=('chromaprint', 1, CHROMAPRINT), codes=('cosine', 1, None))
    for way, (column, sign, limit) in ways.items():
        if column not in df: print(f'{way}: not there'); continue
        apart = few[column].dropna() if column in few else []
        strict = np.quantile(sign*apart, .999) if len(apart) else np.nan
        if limit is None: limit = strict
        hit = sign*df[column] >= sign*limit
        print(f'\n{way}: found at {limit:.3f} (1 in 1,000 of {len(apart):,} pairs that are no versions goes beyond {sign*strict:.3f})')
        table = {}
        for kind in KINDS:
            h = hit[df.kind == kind]
            low, high = wilson(h.sum(), len(h))
            table[kind] = dict(versions=len(h), found=h.mean(), low=low, high=high, worst=(sign*df[column][df.kind == kind]).min()*sign)
        print(pd.DataFrame(table).T.astype(dict(versions=int)).to_string(float_format='{:.3f}'.format))
    if 'chromaprint' in df:
        missed, more, wrong = df.errors > SAME, *((d.errors.between(SAME, DIFFERENT) & (d.chromaprint >= CHROMAPRINT)).sum() for d in (df, few))
        print(f'\n{missed.sum()} versions missed; Chromaprint as the second witness finds {more} of them, and merges {wrong} of the others')
    speeds = {'5 % faster': 1.05, '3 % slower': .97, 'tempo 1.05': 1.05}
    right = [abs(r.speed - speeds[r.kind]) < .005 for r in df.itertuples() if r.kind in speeds and r.errors <= SAME]
    print(f'\nspeed told within 0.5 %: {np.mean(right):.3f} of {len(right)} that were found')
    cosine = {k: dict(lowest=g.cosine.min(), median=g.cosine.median(), candidate=((g.cosine >= NEAR) & (g['rank'] < 20)).mean())
              for k, g in df.groupby('kind', sort=False)}
    print('\ncandidates by codes: cosine with the song, and the share of versions that it is among the 20 nearest of')
    print(pd.DataFrame(cosine).T.to_string(float_format='{:.3f}'.format))


# Songs that are no versions -------------------------------------------------------------------------------------------

def folders(m): return np.array([Path(p).parent.name for p in m.songs_.path])


def fingerprints(args, m, versions):
    "Of all songs, by hash: those that the search has made, and the others, which are candidates of none."
    rows = versions.db.rows('select song, bits from fingerprints')
    prints = {h: np.frombuffer(b, np.uint8).reshape(-1, 12) for h, b in rows}
    kept = args.keep/'others.npz'
    if not kept.exists(): np.savez(kept, **{h: fingerprint(p) for h, p in zip(m.songs_.hash, m.songs_.path) if h not in prints})
    with np.load(kept) as f: return prints | {h: f[h] for h in f.files}


def apart(args, m, versions):
    "Bit error rates of all pairs of a folder and of all candidates; Chromaprint and codes of the same pairs."
    songs, where = m.songs_, folders(m)
    near = {tuple(p) for p in near_pairs(m.codes_)}
    same = {(i, j) for i, j in combinations(range(len(songs)), 2) if where[i] == where[j]}
    hashes, kept = songs.hash.to_numpy(), args.keep/'apart.jsonl'
    if not args.show: print(versions.find(m), file=sys.stderr)
    prints, known = fingerprints(args, m, versions), set()
    judged_before = {(a, b): e for a, b, e in versions.db.rows('select a, b, errors from pairs')}
    if kept.exists(): known = {tuple(json.loads(line)['pair']) for line in open(kept)}
    with open(kept, 'a') as f:
        for i, j in sorted((near | same) - known) if not args.show else ():
            if hashes[i] not in prints or hashes[j] not in prints: continue
            pair = tuple(sorted((hashes[i], hashes[j])))
            e = judged_before[pair] if pair in judged_before else likeness(prints[hashes[i]], prints[hashes[j]]).errors
            f.write(json.dumps(dict(pair=[int(i), int(j)], errors=e, cosine=float(m.codes_[i] @ m.codes_[j]), same_folder=(i, j) in same)) + '\n')
    df = pd.DataFrame([json.loads(line) for line in open(kept)])
    if has_chromaprint(): df['chromaprint'] = agreements(args, m, df)
    return df


def agreements(args, m, df):
    "What Chromaprint says of pairs of one folder, among the first of all songs."
    n = min(args.witness or len(m.songs_), len(m.songs_))
    kept = args.keep/f'chromaprint-{n}.npz'
    if not kept.exists(): np.savez(kept, **{str(i): chromaprint_of(p) for i, p in enumerate(m.songs_.path[:n])})
    with np.load(kept) as f: bits = [f[str(i)] for i in range(n)]
    return [chromaprint_agreement(bits[i], bits[j]) if s and j < n else np.nan for (i, j), s in zip(df.pair, df.same_folder)]


def show_apart(args, m, df):
    where = folders(m)
    names = sorted(set(where))
    chosen_on = {n for i, n in enumerate(names) if i % 2 == 0}
    first = np.array([where[i] in chosen_on for i, _ in df.pair])
    for text, some in {'pairs of one folder, half that the limits were chosen on': df[df.same_folder & first],
                       'pairs of one folder, the other half': df[df.same_folder & ~first],
                       'candidates from two folders': df[~df.same_folder]}.items():
        k, n = int((some.errors <= SAME).sum()), len(some)
        low, high = wilson(k, n)
        print(f'{text}: {k} of {n:,} merged at {SAME}, {k/max(n, 1):.4f} ({low:.4f}–{high:.4f}); the nearest {some.errors.min():.3f}')
    print('\nthe pairs that are most alike:')
    for r in df.nsmallest(12, 'errors').itertuples():
        a, b = (Path(m.songs_.path.iloc[i]) for i in r.pair)
        print(f'  {r.errors:.3f}  cosine {r.cosine:.2f}  {a.parent.name}/{a.stem}  {b.parent.name}/{b.stem}')


def show_crossed(args, m, pairs):
    made = [(e, r.kind, r.song, other) for r in rows_of(args, m).itertuples() for other, e in r.crossed.items()]
    errors = np.array([e for e, *_ in made])
    both = np.concatenate([errors, pairs.errors])
    for text, some in {'made versions against other songs of the folder': errors, 'all pairs that are no versions': both}.items():
        k, n = int((some <= SAME).sum()), len(some)
        low, high = wilson(k, n)
        print(f'{text}: {k} of {n:,} merged, {1000*k/n:.2f} in 1,000 ({1000*low:.2f}–{1000*high:.2f}); the nearest {some.min():.3f}')
    e, kind, song, other = min(made)
    print(f'  {e:.3f}  {kind}  {Path(song).parent.name}/{Path(song).stem}  {Path(other).stem}')


def scale():
    rng = np.random.default_rng(0)
    centers = rng.normal(size=(2500, 128))
    z = centers[rng.integers(2500, size=50_000)] + 1.2*rng.normal(size=(50_000, 128))
    z = (z/np.linalg.norm(z, axis=1, keepdims=True)).astype(np.float32)
    start = time.perf_counter()
    n = len(near_pairs(z))
    print(f'{n:,} candidates among 50,000 songs in {time.perf_counter() - start:.1f} s')


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('songs', type=Path)
    p.add_argument('--every', type=int, default=1, help='make versions of every Nth song only')
    p.add_argument('--seconds', type=int, default=60, help='of a song, of which versions are made')
    p.add_argument('--witness', type=int, help='among how many songs Chromaprint judges pairs; all unless given')
    p.add_argument('--keep', type=Path, help='where measurements are kept; a temporary folder unless given')
    p.add_argument('--show', action='store_true', help='measure nothing, print what was measured before')
    p.add_argument('--parts', default='made,apart,crossed,scale')
    args, began = p.parse_args(), time.perf_counter()
    args.keep = args.keep or Path(tempfile.mkdtemp())
    args.keep.mkdir(parents=True, exist_ok=True)
    saved, parts = (args.songs/'settings.json').exists(), args.parts.split(',')
    m = SongMatcher.load(args.songs) if saved else SongMatcher().fit(args.songs)
    versions = Versions(args.keep, m.catalog_)
    pairs = apart(args, m, versions)
    if not args.show and ('made' in parts or 'crossed' in parts): made(args, m, versions)
    print(f'{len(m.songs_)} songs, {len(set(folders(m)))} folders; {os.cpu_count()} cores')
    if 'made' in parts: show_made(args, m, pairs)
    if 'apart' in parts: print(); show_apart(args, m, pairs)
    if 'crossed' in parts: print(); show_crossed(args, m, pairs)
    if 'scale' in parts: print(); scale()
    if not args.show: print(f'\n{(time.perf_counter() - began)/60:.0f} minutes, without what was measured before')


if __name__ == '__main__': main()
