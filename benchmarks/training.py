"""How fast is a training step at the paper's size, and what memory does it take?

    python benchmarks/training.py [--model deep] [--samples 2500000] [--songs 20] [--epochs 2] [--rounds 3] [--json]

Two sides take turns, each in a process of its own so that peak memory can be told apart: the loop of `songae.train`, and
the same loop with Keras's own Adadelta. Medians over all epochs but each process's first, which compiles.
"""
import argparse
import json
import subprocess
import sys
import time
from statistics import median


def one_side(side, model, samples, songs, epochs):
    "Train and print the seconds of each epoch and the peak memory in GB."
    import resource

    import numpy as np

    import songae.train as t
    from songae.models import BUILDERS, keras
    if side == 'keras':
        t.Adadelta = lambda variables, *, learning_rate: KerasAdadelta(keras, variables, learning_rate)
    x = np.random.default_rng(0).random((songs, samples), dtype=np.float32)
    net, times = BUILDERS[model](samples), []
    optimizer = t.Adadelta(net.trainable_variables, learning_rate=1.)
    step = t._make_step(net, optimizer)
    for _ in range(epochs + 1):
        start = time.perf_counter()
        for i in range(0, songs, 2): step(t.tf.constant(x[i:i + 2]))
        times.append(time.perf_counter() - start)
    print(json.dumps(dict(seconds=times[1:], peak=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss/(1e9 if sys.platform == 'darwin' else 1e6))))


class KerasAdadelta:
    def __init__(self, keras, variables, learning_rate):
        self.variables, self.inner = variables, keras.optimizers.Adadelta(learning_rate=learning_rate)
        self.inner.build(variables)

    def apply(self, gradients): self.inner.apply(gradients, self.variables)


def main():
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument('--model', default='deep'); ap.add_argument('--samples', type=int, default=2_500_000)
    ap.add_argument('--songs', type=int, default=20); ap.add_argument('--epochs', type=int, default=2)
    ap.add_argument('--rounds', type=int, default=3); ap.add_argument('--json', action='store_true'); ap.add_argument('--side')
    a = ap.parse_args()
    if a.side: return one_side(a.side, a.model, a.samples, a.songs, a.epochs)
    runs = {'keras': [], 'songae': []}
    for _ in range(a.rounds):
        for side in runs:
            out = subprocess.run([sys.executable, __file__, *sys.argv[1:], '--side', side], capture_output=True, text=True, check=True).stdout
            runs[side].append(json.loads(out.splitlines()[-1]))
    result = {side: dict(seconds=median(s for r in rs for s in r['seconds']), peak_gb=max(r['peak'] for r in rs)) for side, rs in runs.items()}
    result['ratio'] = {k: result['keras'][k]/result['songae'][k] for k in ('seconds', 'peak_gb')}
    if a.json: return print(json.dumps(result))
    print(f'{a.model}, {a.songs} songs of {a.samples:,} samples, batch 2; medians of {a.rounds} x {a.epochs} epochs')
    for side in runs: print(f'  {side:<8}{result[side]["seconds"]:8.2f} s an epoch   {result[side]["peak_gb"]:5.2f} GB peak')
    print(f'  ratio   {result["ratio"]["seconds"]:8.2f}              {result["ratio"]["peak_gb"]:8.2f}')


if __name__ == '__main__': main()
