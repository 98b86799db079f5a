import { afterAll, describe, it } from '@jest/globals';
import { stateStoreSuite } from '../../testing/storage-suite-state.js';
import { StateFolders } from '../../../test/support/state-folder.js';

describe('state.db as a StateStore', () => {
  const folders = new StateFolders();
  afterAll(() => folders.dispose());
  for (const { name, run } of stateStoreSuite({ create: () => folders.create() })) it(name, run);
});
