import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ROOT } from '../mesh/test-mesh.js';

// Names and phrases that are not plain technical English, each with what to write instead.

const IDENTIFIERS: readonly (readonly [RegExp, string])[] = [
  [/\w*Away\b/, 'Unavailable'],
  [/\b(Heart|#?pulse|Tell|Sight|Sighting)\b/, 'Heartbeat, beat, Logger, Observation'],
  [/\b(bury|buried|patiently)\b/, 'deadLetter, retryWhileUnavailable'],
  [/\b(MOST|LONGEST|FEWEST|LEAST|SHORTEST|LARGEST)_[A-Z_]+\b/, 'MAX_…, MIN_…'],
  [/\b(look-after|lookAfter|attempt-care|attemptCare)\b/, 'observe-attempts, attempt-lifecycle'],
  [/\bjudge(Pod|s|d)?\b/, 'classify, evaluate, decide'],
  [/\b(choosing|filling|comparing)\b(?=[:,;])/, "the operator's name: where, constantOfShape"],
  [/#?\b(tell[A-Z]\w*|isTold)\b|\b(let|const|readonly) #?(told|tell|telling)\b/, 'report, isReported, loggedProblem'],
  [/#look(Once|ing)?\b/, '#check, #lookUp'],
  [/\b(openDoor|Door|DOOR)\b|\bdoor\(|\b(let|const|readonly) door\b/, 'entryPoint, ExternalAccess'],
  [/\b(Pool)?Wish\b|\bwishes\b/, 'DesiredDeployment, PoolSpec'],
  [/\basItIs\b/, 'identity'],
  [/\b(let|const) anew\b/, 'recreated'],
];

const PHRASES: readonly (readonly [RegExp, string])[] = [
  [/\b(is|are|was|were|be|being|stays?|something|somebody) away\b/, 'unavailable'],
  [/\bcome again\b|\bcomes again\b|\bcalled again\b/, 'retry, redelivered'],
  [/\bmade anew\b|\bmakes? \w+ anew\b|\bmade it anew\b/, 'recreated'],
  [/\bso many\b/, 'this many, the maximum number of'],
  [/\b(for|after|waits?|than|longer|within|takes?|take) so long\b/, 'for this long, after this time'],
  [/\bfencing epoch\b/, 'fencing token'],
  [/\bin so many ms\b/, 'after this many ms'],
  [/\bis the (registry|service|caller|user)'s to (say|decide|know)\b/, 'the registry decides'],
  [/\bof before there were\b/, 'from before … was added'],
  [/\bwho has waited\b/, 'a waiter'],
  [
    /\b(tried|asked|started|taken|loaded|delivered|sent) again\b(?! without end)/,
    'retried, restarted, reloaded, redelivered',
  ],
  [/\bwithout end\b(?=.*\bfor ever\b)|\bfor ever\b/, 'forever, without end'],
  [/\btrained (alike|so)\b/, 'with equal training'],
  [/\bmost rows of\b|\bmost that\b/, 'maximum rows per, maximum size of'],
  [/\bheard of\b|\bhears of\b|\bhear of\b/, 'received, sends heartbeats'],
  [/\bput aside\b/, 'dead-lettered, set aside'],
  [/\bpoints nowhere\b|\bpoint nowhere\b/, 'points to no version'],
  [/\bin force\b/, 'in use, valid'],
  [/\bthe present (one|version|context)\b/, 'current'],
  [/\bno numbers? that\b|\bis no number\b|\bare no bytes\b/, 'is not a number'],
  [/\ba (screen|page) of\b.*README/, 'short README'],
  [/\bcall (it )?again\b|\bmade again\b/, 'retry, retried'],
  [/\b[Tt]o go on\b|\bgo(es)? on on\b/, 'to continue'],
  [/\b(seconds|milliseconds|requests|rows) an? (epoch|second|step|run)\b/, 'seconds per epoch'],
  [/\bgiven out\b/, 'assigned'],
  [/\b[Tt]he (release|pods) before\b/, 'the previous release'],
];

/** What is not ours, and this list. */
const EXCEPT =
  /^(LICENSE|pnpm-lock\.yaml|protos\/(google|inference)\/|libs\/onnx\/proto\/|test\/src\/conformance\/words\.test\.ts)/;
const TEXT = /(\.(ts|mts|mjs|js|json|md|proto|py|sh|yaml|tpl|txt)|\/(athanor|Dockerfile|run)|^(athanor|Dockerfile))$/;

const files = execFileSync('git', ['ls-files', '-z'], { cwd: ROOT, encoding: 'utf8' })
  .split('\0')
  .filter(path => TEXT.test(path) && !EXCEPT.test(path));

it.each([
  ['identifiers', IDENTIFIERS],
  ['phrases', PHRASES],
] as const)('no file has %s that are not plain technical English (the message says what to write)', (_, list) => {
  const found = files.flatMap(path =>
    readFileSync(join(ROOT, path), 'utf8')
      .split('\n')
      .flatMap((line, index) =>
        list
          .filter(([pattern]) => pattern.test(line))
          .map(([pattern, instead]) => `${path}:${index + 1}: ${pattern.exec(line)?.[0]} → ${instead}`),
      ),
  );
  expect(found).toEqual([]);
});
