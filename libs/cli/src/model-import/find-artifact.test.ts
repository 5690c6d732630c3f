import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findArtifact } from './find-artifact.js';
import { findRepository } from './find-repository.js';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'artifact-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function write(files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, content] of Object.entries(files)) {
    await mkdir(dirname(join(folder, path)), { recursive: true });
    await writeFile(join(folder, path), content);
  }
}

const pathsOf = ({ files }: Awaited<ReturnType<typeof findArtifact>>) => files.map(({ path }) => path);

describe('an artifact', () => {
  it('is a single file under its own name', async () => {
    await write({ 'resnet.onnx': 'abc', 'beside.bin': 'x' });
    expect(await findArtifact(join(folder, 'resnet.onnx'))).toEqual({
      source: join(folder, 'resnet.onnx'),
      files: [{ localPath: join(folder, 'resnet.onnx'), path: 'resnet.onnx', byteSize: 3 }],
    });
  });

  it('is every regular file of a folder that is not hidden or empty', async () => {
    await write({ 'model.onnx': 'a', 'weights/w.bin': 'b', '.git/config': 'c', 'x/.cache/y': 'd', 'empty.txt': '' });
    await symlink('/etc/hostname', join(folder, 'link'));
    expect(pathsOf(await findArtifact(folder))).toEqual(['model.onnx', 'weights/w.bin']);
  });

  it('is the model of a folder that MLflow saved, with what lies beside it', async () => {
    const file = 'flavors:\n  onnx:\n    data: model/model.onnx\n    onnx_version: 1.17.0\n  python_function: {}\n';
    await write({ MLmodel: file, 'conda.yaml': 'x', 'model/model.onnx': 'a', 'model/model.onnx.data': 'b' });
    const artifact = await findArtifact(folder);
    expect(pathsOf(artifact)).toEqual(['model.onnx', 'model.onnx.data']);
    expect(artifact.source).toBe(folder);
  });

  it.each([
    ['flavors:\n  sklearn: {}\n', /expected the flavor onnx .* got the flavors sklearn; save the model with/],
    ['flavors:\n  onnx:\n    data: ../model.onnx\n', /inside the folder/],
    ['flavors:\n  onnx:\n    data: gone.onnx\n', /'gone.onnx', which cannot be read/],
    [': :', /cannot be read/],
  ])('is refused for a folder of MLflow with %j', async (content, message) => {
    await write({ MLmodel: content });
    await expect(findArtifact(folder)).rejects.toThrow(message);
  });

  it('is not nothing', async () => {
    await write({ 'empty.onnx': '' });
    await expect(findArtifact(join(folder, 'empty.onnx'))).rejects.toThrow('an empty file');
    await expect(findArtifact(join(folder, 'none'))).rejects.toMatchObject({ exitCode: 2 });
    await mkdir(join(folder, 'bare'));
    await expect(findArtifact(join(folder, 'bare'))).rejects.toThrow('found none');
  });
});

describe('a repository', () => {
  const versionsOf = async (name: string) => {
    const model = (await findRepository(folder)).find(each => each.name === name);
    return (await model!.versions()).map(artifact => [artifact.source.split('/').at(-1), pathsOf(artifact)]);
  };

  it("has Triton's models and MLflow's, and nothing else", async () => {
    await write({
      ...{ 'a/config.pbtxt': 'max_batch_size: 4', 'a/1/model.onnx': 'x', 'b/3/model.onnx': 'x' },
      ...{
        'c/MLmodel': 'flavors: { onnx: { data: model.onnx } }',
        'c/model.onnx': 'x',
        'docs/readme': 'x',
        'file.txt': 'x',
      },
    });
    expect((await findRepository(folder)).map(({ name }) => name)).toEqual(['a', 'b', 'c']);
    await expect(findRepository(join(folder, 'docs'))).rejects.toThrow(
      /found readme\. A single model is imported with/,
    );
  });

  it('has the newest version of a model, with what lies beside the versions', async () => {
    const shared = { 'm/config.pbtxt': 'name: "m"', 'm/labels.txt': 'a', 'm/warmup/x': 'r' };
    await write({ ...shared, 'm/2/model.onnx': 'x', 'm/10/model.onnx': 'x', 'm/10/w.bin': 'x' });
    expect(await versionsOf('m')).toEqual([
      ['10', ['10/model.onnx', '10/w.bin', 'config.pbtxt', 'labels.txt', 'warmup/x']],
    ]);
  });

  it('has the versions that version_policy selects', async () => {
    const versions = { 'm/1/model.onnx': 'x', 'm/2/model.onnx': 'x', 'm/3/model.onnx': 'x' };
    const selected = async (policy: string) => {
      await write({ ...versions, 'm/config.pbtxt': `version_policy: { ${policy} }` });
      return (await versionsOf('m')).map(([version]) => version);
    };
    expect(await selected('all {}')).toEqual(['1', '2', '3']);
    expect(await selected('latest { num_versions: 2 }')).toEqual(['2', '3']);
    expect(await selected('specific { versions: [3, 1] }')).toEqual(['1', '3']);
    await expect(selected('specific { versions: [1, 7] }')).rejects.toThrow(
      /names the versions 1, 7, but the folder has/,
    );
  });
});
