import { toComponent } from '@athanor/contracts';
import type { ImageReadingInput, RecipeInput } from '@athanor/contracts/ingest';
import { CliError, EXIT_CODES } from '../exit-codes.js';

/** Options that say how sources are read, checked and split. */
export interface RecipeOptions {
  readonly target?: readonly string[];
  readonly delimiter?: string;
  /** False with --no-header. */
  readonly header?: boolean;
  readonly columns?: readonly string[];
  readonly skipLines?: number;
  readonly encoding?: string;
  readonly null?: readonly string[];
  readonly decimal?: string;
  readonly thousands?: string;
  readonly strip?: readonly string[];
  readonly ignore?: readonly string[];
  readonly type?: readonly string[];
  readonly role?: readonly string[];
  readonly onMisfit?: 'null' | 'quarantine' | 'error';
  readonly check?: readonly string[];
  readonly acceptLoss?: boolean;
  readonly validationFraction?: number;
  readonly testFraction?: number;
  readonly salt?: string;
  /** "<width>x<height>" */
  readonly imageSize?: string;
  readonly imageFit?: 'cover' | 'contain' | 'stretch';
  readonly labels?: string;
}

const MISFITS = { error: 'ON_MISFIT_UNSPECIFIED', null: 'ON_MISFIT_NULL', quarantine: 'ON_MISFIT_QUARANTINE' } as const;

const FITS = { cover: 'IMAGE_FIT_COVER', contain: 'IMAGE_FIT_CONTAIN', stretch: 'IMAGE_FIT_STRETCH' } as const;

export function toRecipe(options: RecipeOptions, format: NonNullable<RecipeInput['format']>): RecipeInput {
  const { target = [], check = [], validationFraction, testFraction, salt = '' } = options;
  return {
    format,
    reading: {
      ...(options.delimiter !== undefined && { delimiter: unescapeTab(options.delimiter) }),
      // Commander's default of a --no-… option is true: the header is recognized.
      ...(options.header === false && { header: false }),
      columns: [...(options.columns ?? [])],
      skipLines: options.skipLines ?? 0,
      encoding: options.encoding ?? '',
      nulls: [...(options.null ?? [])],
      decimal: options.decimal ?? '',
      thousands: options.thousands ?? '',
      strip: toPairs('--strip', options.strip),
      ignore: [...(options.ignore ?? [])],
      types: toPairs('--type', options.type),
      onMisfit: MISFITS[options.onMisfit ?? 'error'],
    },
    targets: [...target],
    roles: toPairs('--role', options.role),
    checks: Object.entries(toPairs('--check', check)).map(([kind, action]) =>
      toComponent({ kind, parameters: { action }, version: 0 }),
    ),
    acceptLoss: options.acceptLoss ?? false,
    ...(hasImageOptions(options) && { images: toImageReading(options) }),
    split: {
      salt,
      ...(validationFraction !== undefined && { validationFraction }),
      ...(testFraction !== undefined && { testFraction }),
    },
  };
}

/** Without them a recipe is as it was before there were any, and so is its version. */
function hasImageOptions({ imageSize, imageFit, labels }: RecipeOptions): boolean {
  return imageSize !== undefined || imageFit !== undefined || labels !== undefined;
}

function toImageReading({ imageSize, imageFit = 'cover', labels = '' }: RecipeOptions): ImageReadingInput {
  const [width, height] = imageSize?.split('x').map(Number) ?? [];
  return { ...(width !== undefined && { width, height }), fit: FITS[imageFit], labelsFile: labels };
}

function unescapeTab(text: string): string {
  return text === '\\t' ? '\t' : text;
}

/** "income=." as { income: "." }; a name may contain "=". */
function toPairs(option: string, given: readonly string[] = []): Record<string, string> {
  return Object.fromEntries(
    given.map(text => {
      const at = text.lastIndexOf('=');
      if (at > 0) return [text.slice(0, at), text.slice(at + 1)];
      throw new CliError(`${option}: expected name=value, got '${text}'`, EXIT_CODES.usage);
    }),
  );
}
