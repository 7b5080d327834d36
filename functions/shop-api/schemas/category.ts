import { z } from 'zod';
import { id, line } from './common.ts';

export const category = z.object({ id, name: z.string(), parentId: id.nullable() });

const fields = { name: line(100), parentId: id.nullable() };

export const newCategory = z
  .strictObject({ ...fields, parentId: fields.parentId.default(null) })
  .meta({ examples: [{ name: 'Lamps' }] });

export const categoryChange = z
  .strictObject(fields)
  .partial()
  .meta({ examples: [{ name: 'Lights' }] });
