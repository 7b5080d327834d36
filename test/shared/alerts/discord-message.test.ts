import { expect, test } from 'vitest';
import { discordMessage } from '../../../shared/alerts/discord-message.ts';
import { fullAlert, fullMessage } from '../../fixtures/alerts.ts';

test('discordMessage() is this', async () => {
  const message = JSON.stringify(discordMessage(fullMessage), undefined, 2);
  await expect(`${message}\n`).toMatchFileSnapshot('discord-message.json');
});

test('discordMessage() stays within what Discord takes', () => {
  const long = {
    ...fullAlert,
    title: '*'.repeat(300),
    reason: '_'.repeat(2_000),
    facts: Array.from({ length: 10 }, () => ({ name: '['.repeat(100), value: '`'.repeat(300) })),
    links: Array.from({ length: 5 }, () => ({
      title: '*'.repeat(100),
      path: `/${'x'.repeat(400)}`,
    })),
  };
  const others = Array.from({ length: 9 }, () => ({ id: 'x', data: long }));
  const message = discordMessage({ ...fullMessage, lead: { id: 'lead', data: long }, others });
  const [embed] = JSON.parse(JSON.stringify(message.embeds));
  expect(embed.description.match(/\]\([^)]*\)/g)?.length).toBeGreaterThan(0);
  expect(embed.description).toMatch(/\)$/);
  expect(embed.title.length).toBeLessThanOrEqual(256);
  expect(embed.description.length).toBeLessThanOrEqual(4_096);
  const lengths = embed.fields.map(({ name, value }: { name: string; value: string }) => {
    expect(value.length).toBeLessThanOrEqual(1_024);
    return name.length + value.length;
  });
  const inAll = embed.title.length + embed.description.length + embed.footer.text.length;
  expect(lengths.reduce((sum: number, one: number) => sum + one, inAll)).toBeLessThanOrEqual(6_000);
});
