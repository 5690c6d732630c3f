const SHADES = ' ░▒▓█';
const BAR_WIDTH = 30;

/** An image as text, two rows of pixels per line, next to the probability of each class. */
export function drawPrediction(image: Uint8Array, shape: readonly number[], bars: readonly string[]): string {
  const [height = 0, width = 0] = shape;
  const lines: string[] = [];
  for (let y = 0; y < height; y += 2) {
    const shades = Array.from({ length: width }, (_, x) => {
      const value = ((image[y * width + x] ?? 0) + (image[(y + 1) * width + x] ?? 0)) / 2;
      return SHADES[Math.min(Math.floor((value / 256) * SHADES.length), SHADES.length - 1)];
    });
    lines.push(`  ${shades.join('')}   ${bars[lines.length - 2] ?? ''}`.trimEnd());
  }
  return `${lines.join('\n')}\n`;
}

export function probabilityBars(probabilities: Float32Array, classes: readonly string[]): string[] {
  return classes.map((name, index) => {
    const value = probabilities[index] ?? 0;
    return `${name.padStart(3)} ${'█'.repeat(Math.round(value * BAR_WIDTH)).padEnd(BAR_WIDTH)} ${(100 * value).toFixed(1).padStart(5)} %`;
  });
}
