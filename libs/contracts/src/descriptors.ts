/**
 * The compiled files (google.protobuf.FileDescriptorProto) that declare these services, by full name, and all their
 * imports. Loaded on demand, since most processes never need them.
 */
export async function descriptorsOf(services: readonly string[]): Promise<Buffer[]> {
  const { FILE_DESCRIPTORS } = await import('./gen/descriptors.js');
  const byName = new Map(FILE_DESCRIPTORS.map(file => [file.name, file]));
  const wanted = new Set(FILE_DESCRIPTORS.filter(file => file.services.some(name => services.includes(name))));
  // Iterating a set includes elements added meanwhile.
  for (const file of wanted) {
    for (const dependency of file.dependencies) {
      const imported = byName.get(dependency);
      if (imported !== undefined) wanted.add(imported);
    }
  }
  return [...wanted].map(({ base64 }) => Buffer.from(base64, 'base64'));
}
