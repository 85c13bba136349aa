// A plugin of graphql-codegen: the facts about the types in our documents that urql's cache needs.
import { getNamedType, isAbstractType, isObjectType, TypeInfo, visit, visitWithTypeInfo } from "graphql";

/** The concrete types of each interface and union, and the types whose objects have no id of their own. */
export function plugin(schema, documents) {
  const used = usedTypes(schema, documents);
  const abstract = used.filter(isAbstractType).map((type) => [type.name, names(schema.getPossibleTypes(type))]);
  const withoutId = used.filter((type) => isObjectType(type) && !type.getFields().id);
  return [
    `export const possibleTypes = ${JSON.stringify(Object.fromEntries(abstract), null, 2)};`,
    `export const typesWithoutId = ${JSON.stringify(names(withoutId), null, 2)};`,
  ].join("\n");
}

/** The types of all selected fields and of all fragments, in alphabetical order. */
function usedTypes(schema, documents) {
  const used = new Set();
  const info = new TypeInfo(schema);
  const note = () => void used.add(getNamedType(info.getType()));
  const visitor = visitWithTypeInfo(info, { Field: note, InlineFragment: note, FragmentDefinition: note });
  for (const { document } of documents) visit(document, visitor);
  return [...used].sort((one, other) => one.name.localeCompare(other.name));
}

const names = (types) => types.map(({ name }) => name).sort();
