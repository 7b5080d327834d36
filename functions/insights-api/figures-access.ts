import type { Access } from '../../shared/auth/caller.ts';
import type { Settings } from '../../shared/config/settings.ts';

/** Who may look at what the jobs count of the whole shop. */
export function figuresAccess({ figuresFor }: Settings): Access {
  return figuresFor === 'everyone' ? 'anyone' : ['analyst', 'operator'];
}
