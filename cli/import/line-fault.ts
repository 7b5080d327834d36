import { cutText } from './cut-text.ts';

/** A line may be long; what is wrong with it is said before. */
const reasonLengthMax = 300;

/** A line that cannot be taken over, whatever is done with it: it is refused, and the next is read. */
export class LineFault extends Error {
  readonly field: string;

  constructor(field: string, reason: string) {
    super(cutText(reason, reasonLengthMax));
    this.name = 'LineFault';
    this.field = field;
  }
}
