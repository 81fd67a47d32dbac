"The four models against a forward pass written out in NumPy."
import numpy as np
import pytest

from songae.autoencoders import BUILDERS, encoder_of

sigmoid = lambda x: 1/(1 + np.exp(-x))
relu = lambda x: np.maximum(x, 0)


def conv1d(x, kernel, bias):
    "Correlation with 'same' padding: x (steps, channels), kernel (width, channels, filters)."
    width = len(kernel)
    padded = np.pad(x, (((width - 1)//2, width//2), (0, 0)))
    return np.stack([np.einsum('wc,wcf->f', padded[i:i + width], kernel) for i in range(len(x))]) + bias


def pool(x): return x.reshape(-1, 10, x.shape[1]).max(1)


def forward(name, w, x):
    "Code and reconstruction of one song, float64."
    if name in ('simple', 'sparse'):
        z = relu(x @ w[0] + w[1])
        return z, sigmoid(z @ w[2] + w[3])
    if name == 'deep':
        z = ((x @ w[0] + w[1]) @ w[2] + w[3]) @ w[4] + w[5]
        return z, sigmoid(((z @ w[6] + w[7]) @ w[8] + w[9]) @ w[10] + w[11])
    h = np.pad(x, (0, -len(x) % 1000))[:, None]
    for i in 0, 2, 4: h = pool(relu(conv1d(h, w[i], w[i + 1])))
    z = h.mean(0)
    for i in 6, 8, 10: h = np.repeat(relu(conv1d(h, w[i], w[i + 1])), 10, 0)
    return z, sigmoid(conv1d(h, w[12], w[13]))[:len(x), 0]


@pytest.mark.parametrize('name', BUILDERS)
@pytest.mark.parametrize('n', [3000, 2345])
def test_forward_pass(name, n):
    x = np.random.default_rng(1).random((2, n)).astype(np.float32)
    model = BUILDERS[name](n, seed=4)
    rng = np.random.default_rng(2)
    model.set_weights([w + .05*rng.standard_normal(w.shape) for w in model.get_weights()])    # biases too
    codes, y = np.asarray(encoder_of(model)(x)), np.asarray(model(x))
    for i in range(2):
        z, r = forward(name, [w.astype(float) for w in model.get_weights()], x[i].astype(float))
        np.testing.assert_allclose(codes[i], z, rtol=2e-4, atol=2e-5)
        np.testing.assert_allclose(y[i], r, rtol=2e-4, atol=2e-5)


@pytest.mark.parametrize('name', BUILDERS)
def test_code_size_and_seed(name):
    a, b, c = (BUILDERS[name](2000, 5, seed=s) for s in (1, 1, 2))
    assert encoder_of(a).output.shape[1:] == (5,) and a.output.shape[1:] == (2000,)
    for u, v in zip(a.get_weights(), b.get_weights()): np.testing.assert_array_equal(u, v)
    assert not np.allclose(a.get_weights()[0], c.get_weights()[0])
    assert not a.compiled and a.name == name and a.get_layer('code') is not None


def test_sparse_is_penalized():
    m = BUILDERS['sparse'](50, seed=3)
    x = np.random.default_rng(0).random((4, 50), dtype=np.float32)
    m(x)
    z = np.asarray(m.get_layer('code')(x))
    assert z.any()
    np.testing.assert_allclose(float(sum(m.losses)), 10e-9*np.abs(z).sum()/4, rtol=1e-4)     # by song, as Keras 3 counts it
