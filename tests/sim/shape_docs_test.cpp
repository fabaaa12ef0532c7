// What is generated from shapes, letter by letter: schema and reference table of small shapes.
#include "sim/shape_docs.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/sim/document_tools.h"

namespace sim {
namespace {

TEST(JsonSchema, OfAnObject) {
    const Shape shape = object({
        required("id", identifier(), "its name"),
        defaulted("depth", number("m", 0, 50.5).open_low(), make_integer(3), "how deep it is"),
        sim::optional("count", integer("", 1, 9), ""),
        sim::optional("kinds", list(choice({"a", "b"}), 1, 4), "what it takes"),
        sim::optional("open", flag(), "whether it is open"),
        sim::optional("flags", map(code(), text(20)), "by code"),
    });
    EXPECT_EQ(json_schema(shape, "Port", "urn:port"), R"J({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "urn:port",
  "title": "Port",
  "type": "object",
  "properties": {
    "id": {
      "type": "string",
      "pattern": "^(?!x-)[a-z0-9][a-z0-9_-]{0,63}$",
      "description": "its name"
    },
    "depth": {
      "type": "number",
      "exclusiveMinimum": 0,
      "maximum": 50.5,
      "description": "how deep it is (m)",
      "default": 3
    },
    "count": {
      "type": "integer",
      "minimum": 1,
      "maximum": 9
    },
    "kinds": {
      "type": "array",
      "items": {
        "enum": ["a", "b"]
      },
      "minItems": 1,
      "maxItems": 4,
      "description": "what it takes"
    },
    "open": {
      "type": "boolean",
      "description": "whether it is open"
    },
    "flags": {
      "type": "object",
      "propertyNames": {
        "anyOf": [
          {
            "type": "string",
            "pattern": "^[A-Z]{2,8}$"
          },
          {
            "type": "string",
            "pattern": "^x-"
          }
        ]
      },
      "patternProperties": {
        "^x-": {}
      },
      "additionalProperties": {
        "type": "string",
        "minLength": 1,
        "maxLength": 20
      },
      "description": "by code"
    }
  },
  "required": ["id"],
  "patternProperties": {
    "^x-": {}
  },
  "additionalProperties": false
}
)J");
}

TEST(JsonSchema, OfATaggedObjectAndAlternatives) {
    const Shape shape = either({
        reference({"ports"}),
        tagged("kind",
               {{.name = "sail", .fields = {required("masts", integer("", 1, 7), "how many")}, .text = "moved by wind"},
                {.name = "steam", .fields = {}, .text = ""}},
               {sim::optional("wait", duration(), "time in port")}),
    });
    EXPECT_EQ(json_schema(shape, "Ship", "urn:ship"), R"J({
  "$schema": "http://json-schema.org/draft-07/schema#",
  "$id": "urn:ship",
  "title": "Ship",
  "anyOf": [
    {
      "type": "string"
    },
    {
      "oneOf": [
        {
          "type": "object",
          "description": "moved by wind",
          "properties": {
            "kind": {
              "const": "sail"
            },
            "wait": {
              "type": "string",
              "pattern": "^[0-9]+(\\.[0-9]+)? (us|ms|s|min|h|d|w)$",
              "description": "time in port"
            },
            "masts": {
              "type": "integer",
              "minimum": 1,
              "maximum": 7,
              "description": "how many"
            }
          },
          "required": ["kind", "masts"],
          "patternProperties": {
            "^x-": {}
          },
          "additionalProperties": false
        },
        {
          "type": "object",
          "properties": {
            "kind": {
              "const": "steam"
            },
            "wait": {
              "type": "string",
              "pattern": "^[0-9]+(\\.[0-9]+)? (us|ms|s|min|h|d|w)$",
              "description": "time in port"
            }
          },
          "required": ["kind"],
          "patternProperties": {
            "^x-": {}
          },
          "additionalProperties": false
        }
      ]
    }
  ]
}
)J");
}

// Figures of one kind share a definition, so that a schema stays small.
TEST(JsonSchema, SharesTheDefinitionsOfFigures) {
    const Value schema = testing::parsed(json_schema(object({
                                                         required("a", figure(number("share", 0, 1)), "one"),
                                                         required("b", figure(number("share", 0, 1)), "other"),
                                                         required("c", figure(number("", 0)), "third"),
                                                     }),
                                                     "t", "urn:t"));
    const Value& properties = *schema.find("properties");
    EXPECT_EQ(write_json(*properties.find("a"), 0), R"J({"allOf":[{"$ref":"#/definitions/figure-1"}],"description":"one (share)"})J");
    EXPECT_EQ(write_json(*properties.find("b"), 0), R"J({"allOf":[{"$ref":"#/definitions/figure-1"}],"description":"other (share)"})J");
    EXPECT_EQ(write_json(*properties.find("c"), 0), R"J({"allOf":[{"$ref":"#/definitions/figure-2"}],"description":"third"})J");
    std::string names;
    for (const Member& member : schema.find("definitions")->members) {
        names += member.key + " ";
    }
    EXPECT_EQ(names, "distribution-1 figure-1 distribution-2 figure-2 ");
}

TEST(JsonSchema, IsItselfReadable) {
    const std::string text = json_schema(testing::fleet_shape(), "Fleet", "urn:fleet");
    EXPECT_EQ(write_json(testing::parsed(text), 2), text);
}

TEST(ReferenceTable, OfTheToyDocument) {
    EXPECT_EQ(reference_table(testing::fleet_shape()), R"J(| key | type and unit | range | default | source | meaning |
|---|---|---|---|---|---|
| `schema` | whole number | [1, 1] | required | | version of this form |
| `name` | text | 1 to 30 bytes | required | | a title |
| `ports` | list: object | | none | | where ships can stop |
| `ports[].id` | name | | required | | its name in this document |
| `ports[].depth` | number (m) | (0, 50] | required | | depth of the water |
| `ports[].fee` | figure (share) | [0, 1] | `0.1` | lloyd-2020 | share of the cargo kept |
| `ports[].near` | name from ports | | none | | the next port |
| `ships` | list: object | | none | | what moves |
| `ships[].kind` | one of `sail`, `steam` | | required | | which of the following it is |
| `ships[].id` | name | | required | | its name in this document |
| `ships[].crew` | whole number (persons) | [1, 5000] | `20` | assumed | how many sail it |
| `ships[].calls` | name from ports, or `*`; or list: name from ports | 1 to 3 items | none | | where it stops |
| `ships[][kind=sail]` | | | | | moved by wind |
| `ships[][kind=sail].masts` | whole number | [1, 7] | required | | how many masts |
| `ships[][kind=steam]` | | | | | moved by coal |
| `ships[][kind=steam].boiler` | one of `fire_tube`, `water_tube` | | `"fire_tube"` | | how it makes steam |
| `ships[][kind=steam].repair` | distribution of durations | | none | | time a repair takes |
| `flags` | object by code: text | | none | | names of flags by code |
| `open` | true or false | | `true` | | whether trade is free |
| `voyage` | duration | | none | | how long a voyage lasts |
)J");
}

TEST(ReferenceTable, KeepsCellsApart) {
    EXPECT_EQ(reference_table(object({required("a", flag(), "one | two\nthree")})),
              "| key | type and unit | range | default | source | meaning |\n|---|---|---|---|---|---|\n| `a` | true or false | | required "
              "| | one \\| two three |\n");
}

}  // namespace
}  // namespace sim
