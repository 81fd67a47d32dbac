"""How fast is training at the paper's size, what memory does it take, and how near is it to what the memory allows?

    python benchmarks/training.py [--model deep] [--songs 20] [--samples 2500000] [--epochs 2] [--rounds 3] [--json]
    python benchmarks/training.py --scaling      5 to 80 songs
    python benchmarks/training.py --flat         memory over 100 epochs

For the dense models three sides take turns, each in a process of its own so that peak memory can be told apart: `keras` is
the paper's authors' way, `model.fit` with batches of 2 songs and validation on the training songs; `exact` is Adadelta by
the letter (`songae.fast_training.train_fast(..., tolerance=0)`); `span` is what users get. For the convolutional model a step with
one song is compared with Keras compiled by XLA. All sides meet the songs in the same order, and the weights after all
epochs are compared. Medians over all epochs but each process's first, which compiles.
"""
import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from statistics import median

SIDES = dict.fromkeys(('simple', 'sparse', 'deep'), ('keras', 'exact', 'span')) | {'conv': ('keras', 'blocks')}


def peak_gb(): return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/(1e9 if sys.platform == 'darwin' else 1e6)


def one_side(a):
    "Train, and print the seconds of each epoch, memory in GB, losses and the rate of a read-modify-write probe in GB/s."
    import numpy as np
    import psutil

    from songae.autoencoders import BUILDERS, keras
    from songae.fast_training import ConvSteps, DenseSteps
    imports = peak_gb()
    x = np.random.default_rng(0).random((a.songs, a.samples), dtype=np.float32)
    batch = 1 if a.model == 'conv' else 2
    batches = [np.arange(i, min(i + batch, a.songs)) for i in range(0, a.songs, batch)]
    net, seconds, losses, memory = BUILDERS[a.model](a.samples), [], [], []
    out = dict(imports=imports)

    def epoch_done(start, loss):
        seconds.append(time.perf_counter() - start)
        losses.append(loss)
        memory.append(psutil.Process().memory_info().rss/1e9)

    if a.side == 'keras':
        adadelta = keras.optimizers.Adadelta(learning_rate=1.)
        net.compile(adadelta, 'binary_crossentropy', jit_compile=a.model == 'conv')
        if a.model == 'conv':
            for _ in range(a.epochs + 1):
                start = time.perf_counter()
                epoch_done(start, float(np.mean([net.train_on_batch(x[rows], x[rows]) for rows in batches])))
        else:
            class Watch(keras.callbacks.Callback):
                def on_epoch_begin(self, epoch, logs): self.start = time.perf_counter()
                def on_epoch_end(self, epoch, logs): epoch_done(self.start, logs['loss'])
            net.fit(x, x, batch_size=batch, epochs=a.epochs + 1, shuffle=False, validation_data=(x, x), callbacks=[Watch()], verbose=0)
        out['peak'] = peak_gb()
    else:
        run = ConvSteps(net, x, 1.) if a.model == 'conv' else DenseSteps(net, x, 1., tolerance=.1 if a.side == 'span' else 0)
        for _ in range(a.epochs + 1):
            start = time.perf_counter()
            epoch_done(start, float(np.average(list(run(batches)), weights=[len(b) for b in batches])))
        out['peak'] = peak_gb()
        if a.model != 'conv': out |= dict(mode=run.mode) | probe(run)
        run.finish()
    if a.weights: np.savez(a.weights, *net.get_weights())
    print(json.dumps(out | dict(steps=len(batches), seconds=seconds[1:], losses=losses, memory=memory)))


def probe(run):
    "Bytes that a step reads and writes at least, and the speed at which the same arrays can be read, changed and written."
    from numba import njit

    @njit(nogil=True)
    def add(a, value):
        for j in range(a.size): a[j] += value

    arrays = [a.reshape(-1) for a in ([run.w, run.b] if run.mode == 'span' else [run.w, run.b, run.first_w, run.first_averages, *run.averages])]
    pieces = [a[i:i + (1 << 18)] for a in arrays for i in range(0, a.size, 1 << 18)]
    zero, times = run.x.dtype.type(0), []
    for _ in range(6):
        start = time.perf_counter()
        list(run.threads.map(lambda p: add(p, zero), pieces))
        times.append(time.perf_counter() - start)
    size = sum(a.nbytes for a in arrays)
    songs = 2*run.x[0].nbytes*(1 if run.mode == 'span' else 3)     # a batch for the decoder; and for the encoder, with the next one
    return dict(bytes=2*size + songs, probe=2*size/median(times[1:])/1e9)


def child(a, **options):
    options = vars(a) | options
    command = [sys.executable, __file__]
    for k in ('model', 'samples', 'songs', 'epochs', 'side', 'weights'):
        if options[k] is not None: command += [f'--{k}', str(options[k])]
    p = subprocess.run(command, capture_output=True, text=True)
    if p.returncode: sys.exit(p.stderr)
    return json.loads(p.stdout.splitlines()[-1])


def distances(path, other):
    "The largest relative distance among the large weight arrays, and among the tiny inner ones."
    import numpy as np
    large = small = 0.
    with np.load(path) as a, np.load(other) as b:
        for k in a.files:
            u, v = a[k], b[k]
            d = float(np.linalg.norm(u - v)/max(np.linalg.norm(v), 1e-30))
            if u.size > 10_000: large = max(large, d)
            else: small = max(small, d)
    return dict(large=large, small=small)


def compare(a):
    sides, runs = SIDES[a.model], {s: [] for s in SIDES[a.model]}
    with tempfile.TemporaryDirectory() as folder:
        weights = {s: str(Path(folder)/f'{s}.npz') for s in sides}
        for i in range(a.rounds):
            for s in sides: runs[s].append(child(a, side=s, weights=weights[s] if i == 0 else None))
        result = {s: dict(seconds=median(t for r in rs for t in r['seconds']), peak=max(r['peak'] for r in rs), imports=median(r['imports'] for r in rs),
                          loss=rs[0]['losses'][-1]) for s, rs in runs.items()}
        keras = result['keras']
        for s in sides[1:]:
            r, first = result[s], runs[s][0]
            r['times_faster'] = keras['seconds']/r['seconds']
            r['memory_ratio'] = r['peak']/keras['peak']
            r['memory_ratio_without_imports'] = (r['peak'] - r['imports'])/(keras['peak'] - keras['imports'])
            r['distance'] = distances(weights[s], weights['keras'])
            if 'bytes' in first:
                r |= dict(mode=first['mode'], gigabytes_a_step=first['bytes']/1e9, probe=median(q['probe'] for q in runs[s]))
                r['reached'] = median(first['bytes']*q['steps']/median(q['seconds'])/1e9/q['probe'] for q in runs[s])
    result['settings'] = dict(model=a.model, songs=a.songs, samples=a.samples, epochs=a.epochs, rounds=a.rounds)
    if a.json: return print(json.dumps(result))
    unit = f'{a.songs} steps of 1' if a.model == 'conv' else f'{a.songs} songs, 2 a step'
    print(f'{a.model}, {a.samples:,} samples, an epoch of {unit}; medians of {a.rounds} x {a.epochs} epochs')
    for s in sides: print(f'  {s:<7}{result[s]["seconds"]:8.2f} s   {result[s]["peak"]:5.2f} GB at most ({result[s]["imports"]:.2f} of it imports)   loss {result[s]["loss"]:.6f}')
    for s in sides[1:]:
        r = result[s]
        print(f'{s}: {r["times_faster"]:.1f} times faster ({1/r["times_faster"]:.2f} of the time), {r["memory_ratio"]:.2f} of the memory '
              f'({r["memory_ratio_without_imports"]:.2f} without imports)')
        print(f'  weights after {a.epochs + 1} epochs against keras, relative: {r["distance"]["large"]:.0e}, tiny inner arrays {r["distance"]["small"]:.0e}')
        if 'reached' in r: print(f'  {r["gigabytes_a_step"]:.2f} GB a step; the same pages read, changed and written at {r["probe"]:.1f} GB/s: {r["reached"]:.0%} of that reached (mode at the end: {r["mode"]})')


def scaling(a):
    "Seconds an epoch and a song: linear if the last column stays the same."
    result = {s: {n: child(a, songs=n, side=s, weights=None) for n in (5, 10, 20, 40, 80)} for s in ('exact', 'span')}
    rows = [dict(side=s, songs=n, seconds=median(r['seconds']), peak=r['peak']) for s, rs in result.items() for n, r in rs.items()]
    if a.json: return print(json.dumps(rows))
    print(f'{a.model}, {a.samples:,} samples, 2 songs a step; medians of {a.epochs} epochs')
    for r in rows: print(f'  {r["side"]:<7}{r["songs"]:3} songs {r["seconds"]:8.2f} s an epoch {r["peak"]:6.2f} GB   {r["seconds"]/((r["songs"] + 1)//2):7.3f} s a step')


def flat(a):
    "Memory in use after some of 100 epochs."
    result = {s: child(a, epochs=99, side=s, weights=None) for s in SIDES[a.model][1:]}
    rows = {s: {e: r['memory'][e - 1] for e in (2, 10, 50, 100)} for s, r in result.items()}
    if a.json: return print(json.dumps(rows))
    for s, r in rows.items(): print(f'{a.model}, {s}: ' + ', '.join(f'epoch {e}: {m:.2f} GB' for e, m in r.items()) + f'; loss at the end {result[s]["losses"][-1]:.4f}')


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--model', default='deep', choices=SIDES); ap.add_argument('--samples', type=int, default=2_500_000)
    ap.add_argument('--songs', type=int); ap.add_argument('--epochs', type=int, default=2); ap.add_argument('--rounds', type=int, default=3)
    ap.add_argument('--json', action='store_true'); ap.add_argument('--scaling', action='store_true'); ap.add_argument('--flat', action='store_true')
    ap.add_argument('--side', help=argparse.SUPPRESS); ap.add_argument('--weights', help=argparse.SUPPRESS)
    a = ap.parse_args()
    if a.songs is None: a.songs = 4 if a.model == 'conv' else 20
    (one_side if a.side else scaling if a.scaling else flat if a.flat else compare)(a)


if __name__ == '__main__': main()
