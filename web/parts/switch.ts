import { element, setAttribute, setText } from './dom.ts';
import { keyedList } from './keyed-list.ts';

export interface Choice {
  readonly key: string;
  readonly label: string;
}

/** Buttons of which one is pressed; they are there only where there is a choice. */
export function choiceSwitch(
  fieldset: HTMLElement,
  onPick: (key: string) => void,
): (choices: readonly Choice[], picked: string) => void {
  let pressed = '';
  const draw = keyedList<Choice, HTMLButtonElement>(fieldset, {
    key: ({ key }) => key,
    create({ key }) {
      const button = element('button');
      button.type = 'button';
      button.addEventListener('click', () => onPick(key));
      return button;
    },
    update(button, { key, label }) {
      setText(button, label);
      setAttribute(button, 'aria-pressed', String(key === pressed));
    },
  });
  return (choices, picked) => {
    pressed = picked;
    fieldset.hidden = choices.length < 2;
    draw(choices);
  };
}
