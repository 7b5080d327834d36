import { pastedToken } from '../pasted-token.ts';
import { part, setText, slot } from './dom.ts';

export interface SignIn {
  /** Takes the figures away, and asks for a token. @param reason why there is none yet, or no longer. */
  readonly open: (reason: string) => void;
  /** Shows the figures. @param isByToken whether there is someone to sign out. */
  readonly close: (isByToken: boolean) => void;
}

interface SignInParts {
  /** Whether the page stands on the machine that runs the shop. */
  readonly isLocal: boolean;
  readonly onToken: (token: string) => void;
  readonly onSignOut: () => void;
}

const noToken = 'That is no token: one has three parts, with dots between them.';

/** Where the figures are not for everyone: what stands in their place, and the way out again. */
export function signInPart({ isLocal, onToken, onSignOut }: SignInParts): SignIn {
  const root = part('sign-in');
  const figures = slot(document, 'figures');
  const skip = slot(document, 'skip');
  const signOut = slot(document, 'sign-out');
  const refusal = slot(root, 'refusal');
  const field = root.querySelector('input');
  if (field === null) throw new Error('Cannot draw page: the sign-in has no field');
  const input = field;
  if (isLocal) setText(slot(root, 'command'), 'npm run -s token -- --role analyst');

  function refuse(reason: string): void {
    setText(refusal, reason);
    input.setAttribute('aria-invalid', String(reason !== ''));
    input.focus();
  }

  function show(isSignIn: boolean): void {
    root.hidden = !isSignIn;
    figures.hidden = isSignIn;
    skip.hidden = isSignIn;
  }

  root.addEventListener('submit', (event) => {
    event.preventDefault();
    const token = pastedToken(input.value);
    if (token === undefined) return refuse(noToken);
    input.value = '';
    refuse('');
    onToken(token);
  });
  signOut.addEventListener('click', onSignOut);

  return {
    open(reason) {
      show(true);
      signOut.hidden = true;
      refuse(reason);
    },
    close(isByToken) {
      signOut.hidden = !isByToken;
      if (root.hidden) return;
      show(false);
      // The field that had the focus is gone.
      figures.focus({ preventScroll: true });
    },
  };
}
