import { describeFamily } from '@athanor/components';
import { toStruct } from '@athanor/contracts';
import { SETTING_FAMILIES } from '../serving/serving-settings.js';
import type { RegistryMethods } from './dependencies.js';

export function componentMethods(): Pick<RegistryMethods, 'listComponents'> {
  const families = Object.values(SETTING_FAMILIES);
  const kinds = families.flatMap(describeFamily).map(({ parametersSchema, ...kind }) => ({
    ...kind,
    parametersSchema: toStruct(parametersSchema),
  }));
  return {
    async listComponents({ family }) {
      return { kinds: kinds.filter(kind => family === '' || kind.family === family) };
    },
  };
}
