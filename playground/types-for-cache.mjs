// A plugin of graphql-codegen: the facts about the types in our documents that urql's cache needs.
import { getNamedType, isAbstractType, isObjectType, TypeInfo, visit, visitWithTypeInfo } from "graphql";

/** The concrete types of interfaces and unions that fragments name, and the types whose objects have no id. */
export function plugin(schema, documents) {
  const { selected, named } = usedTypes(schema, documents);
  const abstract = named.filter(isAbstractType).map((type) => [type.name, names(schema.getPossibleTypes(type))]);
  const withoutId = selected.filter((type) => isObjectType(type) && !type.getFields().id);
  return [
    `export const possibleTypes = ${JSON.stringify(Object.fromEntries(abstract), null, 2)};`,
    `export const typesWithoutId = ${JSON.stringify(names(withoutId), null, 2)};`,
  ].join("\n");
}

/** The types that our documents use: of selected fields, and named by fragments. */
function usedTypes(schema, documents) {
  const selected = new Set();
  const named = new Set();
  const info = new TypeInfo(schema);
  const note = (types) => () => void types.add(getNamedType(info.getType()));
  const visitor = visitWithTypeInfo(info, {
    Field: note(selected),
    InlineFragment: note(named),
    FragmentDefinition: note(named),
  });
  for (const { document } of documents) visit(document, visitor);
  return { selected: [...selected, ...named], named: [...named] };
}

const names = (types) => [...new Set(types.map(({ name }) => name))].sort();
