"""How well, and how fast, do encoders hear? songae beside MFCC statistics, musly, the paper's models and chance, on your songs.

    pip install pymusly
    python benchmarks/hearing.py FOLDER [--labels FILE.csv] [--by artist] [--pairs FILE.csv] [--parts board,ingredients,...]

FOLDER holds songs, FILE.csv a column `path` relative to it and a column of labels (the files' own tags serve where there is no
CSV); pairs have columns `path_a` and `path_b`. Parts, each a table:

    board        P@1, MAP, hubs and robustness of every method; `all` counts songs whose label nobody else has as misses
    ingredients  what each part of the encoder adds, and what training by contrast or reconstruction adds or takes
    pairs        for how many songs is the pair the nearest of the songs in pairs, over five seeds
    stability    do two seeds name the same ten neighbours?
    speed        file to code, songae and musly in turns on the same files, as Ogg and MP3

Everything random is drawn from seeds. Training time is a part of the tables: unsupervised, no pretrained weights.
"""
import argparse
import os
import tempfile
import time
from pathlib import Path
from statistics import median

os.environ.setdefault('TF_CPP_MIN_LOG_LEVEL', '3')

import numpy as np
import pandas as pd
import soundfile as sf

from songae.audio import AudioError, excerpts, find_songs, load, read_tags
from songae.encoders import PatchEncoder, fit_bands, fit_encoder, fit_projection, normalize, random_kernels
from songae.leaderboard import (METHODS, MatcherMethod, distances, leaderboard, mfcc_statistics, read_labels, robustness,
                             scores, stability, summary, tag_labels)
from songae.neighbors import local_scaling
from songae.melspec import N_FRAMES, N_MELS, N_PATCHES, PATCH, SR, TRAINING, PatchFile, collect, one_core_each, patches


def musly(method='mandelellis'):
    "musly as its own program uses it: 30 s from the middle of a song; distances, not codes."
    import pymusly
    def track(jukebox, path): return jukebox.track_from_audiodata(thirty_seconds(path).tolist())
    def method_(paths):
        jukebox = pymusly.MuslyJukebox(method, 'none')
        tracks = [track(jukebox, p) for p in paths]
        jukebox.set_style(tracks)
        ids = jukebox.add_tracks(tracks)
        both = list(zip(ids, tracks))
        d = np.array([jukebox.compute_similarity(b, both) for b in both], np.float64)
        d = (d + d.T)/2
        np.fill_diagonal(d, 0)
        return d
    return method_


def thirty_seconds(path):
    try: return load(path, 30*SR, sr=SR, offset=max(read_tags(path)['duration']/2 - 15, 0))
    except AudioError: return load(path, 30*SR, sr=SR)      # silent in its middle


def counted_all(d, labels):
    "P@1 and MAP where a song whose label nobody else has counts as a miss."
    s = scores(d, labels)
    n = len(s) + s.attrs['alone']
    return s['P@1'].sum()/n, s['AP'].sum()/n


def pair_hits(d, pairs):
    "For how many of the songs in pairs is the pair nearest, among these songs?"
    i = np.array(pairs, int).ravel()
    d = d[np.ix_(i, i)] + np.diag(np.full(len(i), np.inf))
    return int((d.argmin(1) == np.arange(len(i)) ^ 1).sum()) if len(i) else 0


class Library:
    "The patches of all songs, and what the parts share."
    def __init__(self, paths, labels, pairs, folder):
        self.file = PatchFile(Path(folder)/'songs.patches')
        start = time.perf_counter()
        self.rows, good, failed = collect(paths, self.file)
        self.hearing = time.perf_counter() - start
        for e in failed: print('left out:', e)
        self.paths, self.x = good, self.file.read([])[0]
        where = {p: i for i, p in enumerate(paths)}
        self.labels = np.array([labels[where[p]] for p in good], object)
        at = {p: i for i, p in enumerate(good)}
        self.pairs = [(at[a], at[b]) for a, b in pairs if a in at and b in at]

    def codes(self, encoder): return np.stack([encoder.encode(self.x[r, ::TRAINING//N_PATCHES]) for r in self.rows])

    def row(self, d, seconds):
        s = summary(d, self.labels)
        p1, ap = counted_all(d, self.labels)
        return {'P@1': s['P@1'], 'MAP': s['MAP'], 'P@1 all': float(p1), 'MAP all': float(ap), 'skew': s['skew'], 'reach': s['reach'],
                'pairs': f'{pair_hits(d, self.pairs)} of {2*len(self.pairs)}', 'seconds': seconds}


def board(lib, args):
    methods = {k: METHODS[k] for k in ('MFCC', 'PCA', 'untrained')}
    try: import pymusly; methods |= {'musly mandelellis': musly('mandelellis'), 'musly timbre': musly('timbre')}
    except ImportError: print('pymusly is not installed, so musly is missing from the tables')
    methods |= {f"the paper's {m}": MatcherMethod(m) for m in args.paper.split(',') if m} | {'songae': METHODS['songae']}
    df = leaderboard(methods, lib.paths, lib.labels)
    for e in df.error[df.error != '']: print(e)
    share = df.queries/(df.queries + df.alone)
    df = df.assign(**{'P@1 all': df['P@1']*share, 'MAP all': df['MAP']*share}).drop(columns=['queries', 'alone', 'chance', 'error'])
    print(df.to_string(float_format='{:.3f}'.format), flush=True)
    some = lib.paths[::args.every or 1]
    for name, m in methods.items():         # the paper's models and PCA would take hours, and hear too little for it to matter
        if args.every and name in ('MFCC', 'untrained', 'musly mandelellis', 'songae'):
            found = robustness(getattr(m, 'again', m), some, progress=False).found
            df.loc[name, [f'{a}, of {len(some)}' for a in found.index]] = found.values
    return df


def timed(f):
    start = time.perf_counter()
    return f(), time.perf_counter() - start


def autoencoder(lib, shape, epochs=20):
    "One of the paper's shapes on patches instead of waves: 64 numbers a patch, a song is their mean."
    from songae.autoencoders import BUILDERS, encoder_of
    from songae.training import train
    x = lib.x[lib.rows][:, ::TRAINING//N_PATCHES].reshape(-1, N_FRAMES*N_MELS).astype(np.float32)
    x = (x.clip(-60, 60) + 60)/120
    model = BUILDERS[shape](x.shape[1], 64)
    history = train(model, x, epochs=epochs, batch_size=64, progress=False)
    codes = np.concatenate([np.asarray(encoder_of(model)(x[i:i + 64])) for i in range(0, len(x), 64)])
    codes = codes.reshape(len(lib.rows), N_PATCHES, -1).mean(1)
    print(f'{shape} on patches: loss {history.loss.iloc[-1]:.4f}, bias only {history.bias_only.iloc[-1]:.4f}')
    return distances((codes - codes.mean(0))/(codes.std(0) + 1e-9))


def plain(codes): return distances((codes - codes.mean(0))/(codes.std(0) + 1e-9))


def ingredients(lib, args):
    rows, bands = {}, fit_bands(lib.x, lib.rows)
    def put(name, f):
        d, seconds = timed(f)
        rows[name] = lib.row(d, seconds)
        print(name, {k: round(v, 3) if isinstance(v, float) else v for k, v in rows[name].items()}, flush=True)
    def means(encoder): return np.stack([encoder.summary(lib.x[r, ::TRAINING//N_PATCHES]).mean(0) for r in lib.rows])
    def projected(encoder, **k): return lib.codes(fit_projection(encoder, lib.x, lib.rows, progress=False, **k))
    bare, whole = PatchEncoder(**bands), lambda seed=0, width=256: PatchEncoder(**bands, **random_kernels(width, seed=seed))
    put('MFCC', lambda: distances(mfcc_statistics(lib.paths)))
    put('summaries of patches', lambda: plain(means(bare)))
    put('+ random convolutions', lambda: plain(means(whole())))
    put('summaries, discriminant', lambda: distances(projected(bare)))
    put('summaries + random convolutions, discriminant', lambda: distances(projected(whole())))
    put('the same, locally scaled: songae', lambda: local_scaling(distances(projected(whole()))))
    for shape in 'simple', 'sparse', 'deep', 'conv':        # the last takes more than fifty times as long
        put(f'{shape} autoencoder on patches', lambda: autoencoder(lib, shape, 2 if shape == 'conv' else 20))
    for name, k in {'contrast': {}, 'contrast + reconstruction': dict(reconstruct=1.), 'contrast, strong EQ': dict(eq=6.), 'contrast, no EQ': dict(eq=0.)}.items():
        head = {}
        put(f'{name}: head', lambda: trained(lib, bands, head, **k))
        put(f'{name}: discriminant', lambda: distances(projected(head['encoder'])))
        put(f'{name}: discriminant, locally scaled', lambda: local_scaling(distances(lib.codes(head['encoder']))))
    return pd.DataFrame(rows).T


def trained(lib, bands, out, **settings):
    from songae.contrast import contrast, to_encoder, train_contrast
    model = contrast(bands)
    history = train_contrast(model, lib.x, lib.rows, epochs=12, progress=False, **settings)    # more only learn these songs by heart
    print(f'{settings}: loss {history.loss.iloc[-1]:.3f}, of songs not trained on {history.held_out.iloc[-1]:.3f} '
          f'(lowest {history.held_out.min():.3f} in epoch {history.held_out.idxmin()} of {len(history)}), untold {history.untold.iloc[-1]:.3f}')
    out['encoder'] = to_encoder(model)
    z = [np.asarray(model(lib.x[r, ::TRAINING//N_PATCHES].astype(np.float32))) for r in lib.rows]
    return distances(normalize(np.stack([normalize(c).mean(0) for c in z])))


def pairs(lib, args):
    songs = np.array(lib.pairs).ravel()
    paths, couples = [lib.paths[i] for i in songs], np.arange(len(songs)).reshape(-1, 2)
    def by_seed(rows):
        for s in range(args.seeds):
            encoder = fit_encoder(lib.x, rows, seed=s, progress=False)
            yield local_scaling(distances(np.stack([encoder.encode(lib.x[r, ::TRAINING//N_PATCHES]) for r in lib.rows[songs]])))
    answers = {'learnt from all songs': by_seed(lib.rows), 'learnt from the songs in pairs alone': by_seed(lib.rows[np.sort(songs)]),
               'MFCC': [distances(mfcc_statistics(paths))]}
    try: answers['musly mandelellis'] = [musly()(paths)]
    except ImportError: pass
    hits = {name: [pair_hits(d, couples) for d in ds] for name, ds in answers.items()}
    return pd.DataFrame({k: dict(mean=np.mean(v), seeds=' '.join(map(str, v)), of=len(songs), chance=len(songs)/(len(songs) - 1)) for k, v in hits.items()}).T


def stable(lib, args):
    from songae.contrast import contrast, to_encoder, train_contrast
    bands, trained = fit_bands(lib.x, lib.rows), []
    untrained = [local_scaling(distances(lib.codes(fit_encoder(lib.x, lib.rows, seed=s, progress=False)))) for s in range(args.seeds)]
    for s in range(2):
        model = contrast(bands, seed=s)
        train_contrast(model, lib.x, lib.rows, epochs=12, seed=s, progress=False)
        trained.append(distances(lib.codes(fit_projection(to_encoder(model), lib.x, lib.rows, progress=False))))
    return pd.DataFrame({f'songae, {args.seeds} seeds': stability(untrained), 'contrast, 2 seeds': stability(trained)}).T


def speed(lib, args):
    "Median time of a song, of both in turns; the decoder's share is the floor."
    encoder = fit_encoder(lib.x, lib.rows[:50], progress=False)
    try: import pymusly; jukebox = pymusly.MuslyJukebox('mandelellis', 'none')
    except ImportError: jukebox = None
    some, rows = lib.paths[::max(len(lib.paths)//args.files, 1)], {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in 'OGG', 'MP3':
            files = []
            for i, p in enumerate(some):
                with sf.SoundFile(str(p)) as f:
                    if kind == f.format == 'OGG' and f.subtype == 'VORBIS': files.append(p); continue
                if kind == 'MP3':
                    x = load(p, 240*44_100, mono=False)[:, :2]
                    sf.write(Path(folder)/f'{i}.mp3', x.clip(-1, 1), 44_100, format='MP3'); files.append(Path(folder)/f'{i}.mp3')
            times = {k: [] for k in ('songae', 'decoding', 'musly', 'its decoding')}
            for p in files*args.rounds:
                with one_core_each():
                    for name, f in {'songae': lambda: encoder.encode(patches(p)),
                                    'decoding': lambda: excerpts(p, np.arange(0, TRAINING, 3)/(TRAINING - 1), PATCH, sr=SR),
                                    'musly': lambda: jukebox and jukebox.track_from_audiodata(thirty_seconds(p).tolist()),
                                    'its decoding': lambda: jukebox and thirty_seconds(p)}.items():
                        times[name].append((p, timed(f)[1]))
            ms = {k: 1e3*median(t for _, t in v) for k, v in times.items()}
            ratio = median(m/s for (_, m), (_, s) in zip(times['musly'], times['songae']))
            rows[f'{kind}, {len(files)} files'] = {'songae ms': ms['songae'], 'of it decoding': ms['decoding']/ms['songae'], 'musly ms': ms['musly'],
                                                   'of it decoding ': ms['its decoding']/max(ms['musly'], 1e-9), 'musly/songae': ratio}
    return pd.DataFrame(rows).T


PARTS = dict(board=board, ingredients=ingredients, pairs=pairs, stability=stable, speed=speed)


def main():
    p = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    p.add_argument('folder', type=Path); p.add_argument('--labels', type=Path); p.add_argument('--by', default='artist')
    p.add_argument('--pairs', type=Path); p.add_argument('--parts', default='board,ingredients,pairs,stability,speed')
    p.add_argument('--paper', default='simple,sparse,deep', help="the paper's models on the board; conv takes most of an hour on 281 songs")
    p.add_argument('--seeds', type=int, default=5); p.add_argument('--files', type=int, default=30); p.add_argument('--rounds', type=int, default=3)
    p.add_argument('--every', type=int, default=3, help='robustness is asked of every third song; 0: of none')
    p.add_argument('--out', type=Path, help='a folder for the tables as CSV')
    args = p.parse_args()
    table = read_labels(args.folder, args.labels, args.by) if args.labels else tag_labels(find_songs(args.folder), args.by)
    both = pd.read_csv(args.pairs) if args.pairs else None
    couples = [] if both is None else [[(args.folder/p).resolve() for p in r] for r in both[['path_a', 'path_b']].values]
    with tempfile.TemporaryDirectory() as folder:
        lib = Library([Path(p) for p in table.index], list(table.label), couples, folder)
        print(f'{len(lib.paths)} songs, their {TRAINING} patches heard in {lib.hearing:.0f} s')
        for part in args.parts.split(','):
            df, seconds = timed(lambda: PARTS[part](lib, args))
            print(f'\n{part} ({seconds:.0f} s)\n{df.to_string(float_format="{:.3f}".format)}\n', flush=True)
            if args.out: args.out.mkdir(exist_ok=True); df.round(4).to_csv(args.out/f'{part}.csv')


if __name__ == '__main__': main()
