import { MemoryStore } from '../../../shared/state/memory-store.ts';
import { stateStoreFeatures } from './state-store-features.ts';

const store = new MemoryStore();
stateStoreFeatures('MemoryStore', () => store);
