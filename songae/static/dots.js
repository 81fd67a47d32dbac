// The dots of the map, drawn by WebGL: their positions go to the graphics card once, and the view into it each frame.

const VERTEX = `
precision highp float;
attribute vec2 xy;
uniform vec2 middle, size;
uniform float scale, radius;
void main() {
  gl_Position = vec4(2.0 * scale * (xy - middle) / size, 0, 1);
  gl_PointSize = 2.0 * radius + 1.0;
}`

// A disc whose edge is a pixel wide. Colors are multiplied by their opacity.
const FRAGMENT = `
precision highp float;
uniform vec4 color;
uniform float radius;
void main() {
  float outside = length(gl_PointCoord - 0.5) * (2.0 * radius + 1.0) - radius;
  gl_FragColor = color * clamp(0.5 - outside, 0.0, 1.0);
}`

// Red, green, blue and opacity of a CSS color, 0..1, whichever way it is written.
function channels(color) {
  const context = Object.assign(document.createElement('canvas'), { width: 1, height: 1 }).getContext('2d')
  context.fillStyle = color
  context.fillRect(0, 0, 1, 1)
  return Array.from(context.getImageData(0, 0, 1, 1).data, v => v / 255)
}

class Dots {
  constructor(canvas) {
    const attributes = { antialias: false, depth: false, stencil: false }
    const regl = createREGL({ canvas, attributes }), { prop } = regl
    Object.assign(this, { canvas, regl, size: 0, color: '', buffer: regl.buffer({ length: 0, type: 'float' }) })
    this.paint = regl({
      vert: VERTEX, frag: FRAGMENT, attributes: { xy: this.buffer }, primitive: 'points', count: prop('count'),
      uniforms: Object.fromEntries(['middle', 'size', 'scale', 'radius', 'color'].map(name => [name, prop(name)])),
      depth: { enable: false }, blend: { enable: true, func: { src: 'one', dst: 'one minus src alpha' } },
    })
  }

  // Another catalog: x and y of each song.
  upload(points) {
    this.buffer({ data: points, type: 'float' })
    this.size = points.length / 2
  }

  draw(view, radius, opacity, color) {
    const { canvas, regl } = this, ratio = fillScreen(canvas)
    if (color !== this.color) Object.assign(this, { color, rgba: channels(color) })
    const [r, g, b, a] = this.rgba.map((v, i) => i < 3 ? v * this.rgba[3] * opacity : v * opacity)
    regl.poll()
    regl.clear({ color: [0, 0, 0, 0] })
    if (!this.size) return
    const uniforms = { middle: [view.x, view.y], size: [canvas.width, canvas.height], color: [r, g, b, a] }
    this.paint({ ...uniforms, scale: view.scale * ratio, radius: radius * ratio, count: this.size })
  }

  close() {
    this.regl.destroy()
    this.regl._gl.getExtension('WEBGL_lose_context')?.loseContext()     // browsers allow a page sixteen
  }
}

// Null where the browser has no WebGL.
function dotsOn(canvas) {
  try { return new Dots(canvas) } catch { return null }
}
