-- Every keyword as the name of a column that an expression holds: quoted where the server quotes it.
CREATE TABLE quoted (
  c0 integer, c1 integer, c2 integer, c3 integer, c4 integer, c5 integer, c6 integer, c7 integer, c8 integer,
  c9 integer, c10 integer, c11 integer, c12 integer, c13 integer, c14 integer, c15 integer, c16 integer, c17 integer,
  c18 integer, c19 integer, c20 integer, c21 integer, c22 integer, c23 integer, c24 integer, c25 integer, c26 integer,
  c27 integer, c28 integer, c29 integer, c30 integer, c31 integer, c32 integer, c33 integer, c34 integer, c35 integer,
  c36 integer, c37 integer, c38 integer, c39 integer, c40 integer, c41 integer, c42 integer, c43 integer, c44 integer,
  c45 integer, c46 integer, c47 integer, c48 integer, c49 integer, c50 integer, c51 integer, c52 integer, c53 integer,
  c54 integer, c55 integer, c56 integer, c57 integer, c58 integer, c59 integer, c60 integer, c61 integer, c62 integer,
  c63 integer, c64 integer, c65 integer, c66 integer, c67 integer, c68 integer, c69 integer, c70 integer, c71 integer,
  c72 integer, c73 integer, c74 integer, c75 integer, c76 integer, c77 integer, c78 integer, c79 integer, c80 integer,
  c81 integer, c82 integer, c83 integer, c84 integer, c85 integer, c86 integer, c87 integer, c88 integer, c89 integer,
  c90 integer, c91 integer, c92 integer, c93 integer, c94 integer, c95 integer, c96 integer, c97 integer, c98 integer,
  c99 integer, c100 integer, c101 integer, c102 integer, c103 integer, c104 integer, c105 integer, c106 integer,
  c107 integer, c108 integer, c109 integer, c110 integer, c111 integer, c112 integer, c113 integer, c114 integer,
  c115 integer, c116 integer, c117 integer, c118 integer, c119 integer, c120 integer, c121 integer, c122 integer,
  c123 integer, c124 integer, c125 integer, c126 integer, c127 integer, c128 integer, c129 integer, c130 integer,
  c131 integer, c132 integer, c133 integer, c134 integer, c135 integer, c136 integer, c137 integer, c138 integer,
  c139 integer, c140 integer, c141 integer, c142 integer, c143 integer, c144 integer, c145 integer, c146 integer,
  c147 integer, c148 integer, c149 integer, c150 integer, c151 integer, c152 integer, c153 integer, c154 integer,
  c155 integer, c156 integer, c157 integer, c158 integer, c159 integer, c160 integer, c161 integer, c162 integer,
  c163 integer,
  CONSTRAINT every CHECK (c0 + c1 + c2 + c3 + c4 + c5 + c6 + c7 + c8 + c9 + c10 + c11 + c12 + c13 + c14 + c15 + c16
    + c17 + c18 + c19 + c20 + c21 + c22 + c23 + c24 + c25 + c26 + c27 + c28 + c29 + c30 + c31 + c32 + c33 + c34 + c35
    + c36 + c37 + c38 + c39 + c40 + c41 + c42 + c43 + c44 + c45 + c46 + c47 + c48 + c49 + c50 + c51 + c52 + c53 + c54
    + c55 + c56 + c57 + c58 + c59 + c60 + c61 + c62 + c63 + c64 + c65 + c66 + c67 + c68 + c69 + c70 + c71 + c72 + c73
    + c74 + c75 + c76 + c77 + c78 + c79 + c80 + c81 + c82 + c83 + c84 + c85 + c86 + c87 + c88 + c89 + c90 + c91 + c92
    + c93 + c94 + c95 + c96 + c97 + c98 + c99 + c100 + c101 + c102 + c103 + c104 + c105 + c106 + c107 + c108 + c109
    + c110 + c111 + c112 + c113 + c114 + c115 + c116 + c117 + c118 + c119 + c120 + c121 + c122 + c123 + c124 + c125
    + c126 + c127 + c128 + c129 + c130 + c131 + c132 + c133 + c134 + c135 + c136 + c137 + c138 + c139 + c140 + c141
    + c142 + c143 + c144 + c145 + c146 + c147 + c148 + c149 + c150 + c151 + c152 + c153 + c154 + c155 + c156 + c157
    + c158 + c159 + c160 + c161 + c162 + c163 > 0)
);
ALTER TABLE quoted RENAME COLUMN c0 TO "all";
ALTER TABLE quoted RENAME COLUMN c1 TO "analyse";
ALTER TABLE quoted RENAME COLUMN c2 TO "analyze";
ALTER TABLE quoted RENAME COLUMN c3 TO "and";
ALTER TABLE quoted RENAME COLUMN c4 TO "any";
ALTER TABLE quoted RENAME COLUMN c5 TO "array";
ALTER TABLE quoted RENAME COLUMN c6 TO "as";
ALTER TABLE quoted RENAME COLUMN c7 TO "asc";
ALTER TABLE quoted RENAME COLUMN c8 TO "asymmetric";
ALTER TABLE quoted RENAME COLUMN c9 TO "authorization";
ALTER TABLE quoted RENAME COLUMN c10 TO "between";
ALTER TABLE quoted RENAME COLUMN c11 TO "bigint";
ALTER TABLE quoted RENAME COLUMN c12 TO "binary";
ALTER TABLE quoted RENAME COLUMN c13 TO "bit";
ALTER TABLE quoted RENAME COLUMN c14 TO "boolean";
ALTER TABLE quoted RENAME COLUMN c15 TO "both";
ALTER TABLE quoted RENAME COLUMN c16 TO "case";
ALTER TABLE quoted RENAME COLUMN c17 TO "cast";
ALTER TABLE quoted RENAME COLUMN c18 TO "char";
ALTER TABLE quoted RENAME COLUMN c19 TO "character";
ALTER TABLE quoted RENAME COLUMN c20 TO "check";
ALTER TABLE quoted RENAME COLUMN c21 TO "coalesce";
ALTER TABLE quoted RENAME COLUMN c22 TO "collate";
ALTER TABLE quoted RENAME COLUMN c23 TO "collation";
ALTER TABLE quoted RENAME COLUMN c24 TO "column";
ALTER TABLE quoted RENAME COLUMN c25 TO "concurrently";
ALTER TABLE quoted RENAME COLUMN c26 TO "constraint";
ALTER TABLE quoted RENAME COLUMN c27 TO "create";
ALTER TABLE quoted RENAME COLUMN c28 TO "cross";
ALTER TABLE quoted RENAME COLUMN c29 TO "current_catalog";
ALTER TABLE quoted RENAME COLUMN c30 TO "current_date";
ALTER TABLE quoted RENAME COLUMN c31 TO "current_role";
ALTER TABLE quoted RENAME COLUMN c32 TO "current_schema";
ALTER TABLE quoted RENAME COLUMN c33 TO "current_time";
ALTER TABLE quoted RENAME COLUMN c34 TO "current_timestamp";
ALTER TABLE quoted RENAME COLUMN c35 TO "current_user";
ALTER TABLE quoted RENAME COLUMN c36 TO "dec";
ALTER TABLE quoted RENAME COLUMN c37 TO "decimal";
ALTER TABLE quoted RENAME COLUMN c38 TO "default";
ALTER TABLE quoted RENAME COLUMN c39 TO "deferrable";
ALTER TABLE quoted RENAME COLUMN c40 TO "desc";
ALTER TABLE quoted RENAME COLUMN c41 TO "distinct";
ALTER TABLE quoted RENAME COLUMN c42 TO "do";
ALTER TABLE quoted RENAME COLUMN c43 TO "else";
ALTER TABLE quoted RENAME COLUMN c44 TO "end";
ALTER TABLE quoted RENAME COLUMN c45 TO "except";
ALTER TABLE quoted RENAME COLUMN c46 TO "exists";
ALTER TABLE quoted RENAME COLUMN c47 TO "extract";
ALTER TABLE quoted RENAME COLUMN c48 TO "false";
ALTER TABLE quoted RENAME COLUMN c49 TO "fetch";
ALTER TABLE quoted RENAME COLUMN c50 TO "float";
ALTER TABLE quoted RENAME COLUMN c51 TO "for";
ALTER TABLE quoted RENAME COLUMN c52 TO "foreign";
ALTER TABLE quoted RENAME COLUMN c53 TO "freeze";
ALTER TABLE quoted RENAME COLUMN c54 TO "from";
ALTER TABLE quoted RENAME COLUMN c55 TO "full";
ALTER TABLE quoted RENAME COLUMN c56 TO "grant";
ALTER TABLE quoted RENAME COLUMN c57 TO "greatest";
ALTER TABLE quoted RENAME COLUMN c58 TO "group";
ALTER TABLE quoted RENAME COLUMN c59 TO "grouping";
ALTER TABLE quoted RENAME COLUMN c60 TO "having";
ALTER TABLE quoted RENAME COLUMN c61 TO "ilike";
ALTER TABLE quoted RENAME COLUMN c62 TO "in";
ALTER TABLE quoted RENAME COLUMN c63 TO "initially";
ALTER TABLE quoted RENAME COLUMN c64 TO "inner";
ALTER TABLE quoted RENAME COLUMN c65 TO "inout";
ALTER TABLE quoted RENAME COLUMN c66 TO "int";
ALTER TABLE quoted RENAME COLUMN c67 TO "integer";
ALTER TABLE quoted RENAME COLUMN c68 TO "intersect";
ALTER TABLE quoted RENAME COLUMN c69 TO "interval";
ALTER TABLE quoted RENAME COLUMN c70 TO "into";
ALTER TABLE quoted RENAME COLUMN c71 TO "is";
ALTER TABLE quoted RENAME COLUMN c72 TO "isnull";
ALTER TABLE quoted RENAME COLUMN c73 TO "join";
ALTER TABLE quoted RENAME COLUMN c74 TO "json";
ALTER TABLE quoted RENAME COLUMN c75 TO "json_array";
ALTER TABLE quoted RENAME COLUMN c76 TO "json_arrayagg";
ALTER TABLE quoted RENAME COLUMN c77 TO "json_exists";
ALTER TABLE quoted RENAME COLUMN c78 TO "json_object";
ALTER TABLE quoted RENAME COLUMN c79 TO "json_objectagg";
ALTER TABLE quoted RENAME COLUMN c80 TO "json_query";
ALTER TABLE quoted RENAME COLUMN c81 TO "json_scalar";
ALTER TABLE quoted RENAME COLUMN c82 TO "json_serialize";
ALTER TABLE quoted RENAME COLUMN c83 TO "json_table";
ALTER TABLE quoted RENAME COLUMN c84 TO "json_value";
ALTER TABLE quoted RENAME COLUMN c85 TO "lateral";
ALTER TABLE quoted RENAME COLUMN c86 TO "leading";
ALTER TABLE quoted RENAME COLUMN c87 TO "least";
ALTER TABLE quoted RENAME COLUMN c88 TO "left";
ALTER TABLE quoted RENAME COLUMN c89 TO "like";
ALTER TABLE quoted RENAME COLUMN c90 TO "limit";
ALTER TABLE quoted RENAME COLUMN c91 TO "localtime";
ALTER TABLE quoted RENAME COLUMN c92 TO "localtimestamp";
ALTER TABLE quoted RENAME COLUMN c93 TO "merge_action";
ALTER TABLE quoted RENAME COLUMN c94 TO "national";
ALTER TABLE quoted RENAME COLUMN c95 TO "natural";
ALTER TABLE quoted RENAME COLUMN c96 TO "nchar";
ALTER TABLE quoted RENAME COLUMN c97 TO "none";
ALTER TABLE quoted RENAME COLUMN c98 TO "normalize";
ALTER TABLE quoted RENAME COLUMN c99 TO "not";
ALTER TABLE quoted RENAME COLUMN c100 TO "notnull";
ALTER TABLE quoted RENAME COLUMN c101 TO "null";
ALTER TABLE quoted RENAME COLUMN c102 TO "nullif";
ALTER TABLE quoted RENAME COLUMN c103 TO "numeric";
ALTER TABLE quoted RENAME COLUMN c104 TO "offset";
ALTER TABLE quoted RENAME COLUMN c105 TO "on";
ALTER TABLE quoted RENAME COLUMN c106 TO "only";
ALTER TABLE quoted RENAME COLUMN c107 TO "or";
ALTER TABLE quoted RENAME COLUMN c108 TO "order";
ALTER TABLE quoted RENAME COLUMN c109 TO "out";
ALTER TABLE quoted RENAME COLUMN c110 TO "outer";
ALTER TABLE quoted RENAME COLUMN c111 TO "overlaps";
ALTER TABLE quoted RENAME COLUMN c112 TO "overlay";
ALTER TABLE quoted RENAME COLUMN c113 TO "placing";
ALTER TABLE quoted RENAME COLUMN c114 TO "position";
ALTER TABLE quoted RENAME COLUMN c115 TO "precision";
ALTER TABLE quoted RENAME COLUMN c116 TO "primary";
ALTER TABLE quoted RENAME COLUMN c117 TO "real";
ALTER TABLE quoted RENAME COLUMN c118 TO "references";
ALTER TABLE quoted RENAME COLUMN c119 TO "returning";
ALTER TABLE quoted RENAME COLUMN c120 TO "right";
ALTER TABLE quoted RENAME COLUMN c121 TO "row";
ALTER TABLE quoted RENAME COLUMN c122 TO "select";
ALTER TABLE quoted RENAME COLUMN c123 TO "session_user";
ALTER TABLE quoted RENAME COLUMN c124 TO "setof";
ALTER TABLE quoted RENAME COLUMN c125 TO "similar";
ALTER TABLE quoted RENAME COLUMN c126 TO "smallint";
ALTER TABLE quoted RENAME COLUMN c127 TO "some";
ALTER TABLE quoted RENAME COLUMN c128 TO "substring";
ALTER TABLE quoted RENAME COLUMN c129 TO "symmetric";
ALTER TABLE quoted RENAME COLUMN c130 TO "system_user";
ALTER TABLE quoted RENAME COLUMN c131 TO "table";
ALTER TABLE quoted RENAME COLUMN c132 TO "tablesample";
ALTER TABLE quoted RENAME COLUMN c133 TO "then";
ALTER TABLE quoted RENAME COLUMN c134 TO "time";
ALTER TABLE quoted RENAME COLUMN c135 TO "timestamp";
ALTER TABLE quoted RENAME COLUMN c136 TO "to";
ALTER TABLE quoted RENAME COLUMN c137 TO "trailing";
ALTER TABLE quoted RENAME COLUMN c138 TO "treat";
ALTER TABLE quoted RENAME COLUMN c139 TO "trim";
ALTER TABLE quoted RENAME COLUMN c140 TO "true";
ALTER TABLE quoted RENAME COLUMN c141 TO "union";
ALTER TABLE quoted RENAME COLUMN c142 TO "unique";
ALTER TABLE quoted RENAME COLUMN c143 TO "user";
ALTER TABLE quoted RENAME COLUMN c144 TO "using";
ALTER TABLE quoted RENAME COLUMN c145 TO "values";
ALTER TABLE quoted RENAME COLUMN c146 TO "varchar";
ALTER TABLE quoted RENAME COLUMN c147 TO "variadic";
ALTER TABLE quoted RENAME COLUMN c148 TO "verbose";
ALTER TABLE quoted RENAME COLUMN c149 TO "when";
ALTER TABLE quoted RENAME COLUMN c150 TO "where";
ALTER TABLE quoted RENAME COLUMN c151 TO "window";
ALTER TABLE quoted RENAME COLUMN c152 TO "with";
ALTER TABLE quoted RENAME COLUMN c153 TO "xmlattributes";
ALTER TABLE quoted RENAME COLUMN c154 TO "xmlconcat";
ALTER TABLE quoted RENAME COLUMN c155 TO "xmlelement";
ALTER TABLE quoted RENAME COLUMN c156 TO "xmlexists";
ALTER TABLE quoted RENAME COLUMN c157 TO "xmlforest";
ALTER TABLE quoted RENAME COLUMN c158 TO "xmlnamespaces";
ALTER TABLE quoted RENAME COLUMN c159 TO "xmlparse";
ALTER TABLE quoted RENAME COLUMN c160 TO "xmlpi";
ALTER TABLE quoted RENAME COLUMN c161 TO "xmlroot";
ALTER TABLE quoted RENAME COLUMN c162 TO "xmlserialize";
ALTER TABLE quoted RENAME COLUMN c163 TO "xmltable";
CREATE TABLE bare (
  between integer, bigint integer, bit integer, boolean integer, char integer, character integer, coalesce integer,
  dec integer, decimal integer, exists integer, extract integer, float integer, greatest integer, grouping integer,
  inout integer, int integer, integer integer, interval integer, json integer, json_array integer,
  json_arrayagg integer, json_exists integer, json_object integer, json_objectagg integer, json_query integer,
  json_scalar integer, json_serialize integer, json_table integer, json_value integer, least integer,
  merge_action integer, national integer, nchar integer, none integer, normalize integer, nullif integer,
  numeric integer, out integer, overlay integer, position integer, precision integer, real integer, row integer,
  setof integer, smallint integer, substring integer, time integer, timestamp integer, treat integer, trim integer,
  values integer, varchar integer, xmlattributes integer, xmlconcat integer, xmlelement integer, xmlexists integer,
  xmlforest integer, xmlnamespaces integer, xmlparse integer, xmlpi integer, xmlroot integer, xmlserialize integer,
  xmltable integer,
  CHECK (between + bigint + bit + boolean + char + character + coalesce + dec + decimal + exists + extract + float
    + greatest + grouping + inout + int + integer + interval + json + json_array + json_arrayagg + json_exists
    + json_object + json_objectagg + json_query + json_scalar + json_serialize + json_table + json_value + least
    + merge_action + national + nchar + none + normalize + nullif + numeric + out + overlay + position + precision
    + real + row + setof + smallint + substring + time + timestamp + treat + trim + values + varchar + xmlattributes
    + xmlconcat + xmlelement + xmlexists + xmlforest + xmlnamespaces + xmlparse + xmlpi + xmlroot + xmlserialize
    + xmltable > 0)
);
ALTER TABLE bare RENAME COLUMN between TO n0;
ALTER TABLE bare RENAME COLUMN bigint TO n1;
ALTER TABLE bare RENAME COLUMN bit TO n2;
ALTER TABLE bare RENAME COLUMN boolean TO n3;
ALTER TABLE bare RENAME COLUMN char TO n4;
ALTER TABLE bare RENAME COLUMN character TO n5;
ALTER TABLE bare RENAME COLUMN coalesce TO n6;
ALTER TABLE bare RENAME COLUMN dec TO n7;
ALTER TABLE bare RENAME COLUMN decimal TO n8;
ALTER TABLE bare RENAME COLUMN exists TO n9;
ALTER TABLE bare RENAME COLUMN extract TO n10;
ALTER TABLE bare RENAME COLUMN float TO n11;
ALTER TABLE bare RENAME COLUMN greatest TO n12;
ALTER TABLE bare RENAME COLUMN grouping TO n13;
ALTER TABLE bare RENAME COLUMN inout TO n14;
ALTER TABLE bare RENAME COLUMN int TO n15;
ALTER TABLE bare RENAME COLUMN integer TO n16;
ALTER TABLE bare RENAME COLUMN interval TO n17;
ALTER TABLE bare RENAME COLUMN json TO n18;
ALTER TABLE bare RENAME COLUMN json_array TO n19;
ALTER TABLE bare RENAME COLUMN json_arrayagg TO n20;
ALTER TABLE bare RENAME COLUMN json_exists TO n21;
ALTER TABLE bare RENAME COLUMN json_object TO n22;
ALTER TABLE bare RENAME COLUMN json_objectagg TO n23;
ALTER TABLE bare RENAME COLUMN json_query TO n24;
ALTER TABLE bare RENAME COLUMN json_scalar TO n25;
ALTER TABLE bare RENAME COLUMN json_serialize TO n26;
ALTER TABLE bare RENAME COLUMN json_table TO n27;
ALTER TABLE bare RENAME COLUMN json_value TO n28;
ALTER TABLE bare RENAME COLUMN least TO n29;
ALTER TABLE bare RENAME COLUMN merge_action TO n30;
ALTER TABLE bare RENAME COLUMN national TO n31;
ALTER TABLE bare RENAME COLUMN nchar TO n32;
ALTER TABLE bare RENAME COLUMN none TO n33;
ALTER TABLE bare RENAME COLUMN normalize TO n34;
ALTER TABLE bare RENAME COLUMN nullif TO n35;
ALTER TABLE bare RENAME COLUMN numeric TO n36;
ALTER TABLE bare RENAME COLUMN out TO n37;
ALTER TABLE bare RENAME COLUMN overlay TO n38;
ALTER TABLE bare RENAME COLUMN position TO n39;
ALTER TABLE bare RENAME COLUMN precision TO n40;
ALTER TABLE bare RENAME COLUMN real TO n41;
ALTER TABLE bare RENAME COLUMN row TO n42;
ALTER TABLE bare RENAME COLUMN setof TO n43;
ALTER TABLE bare RENAME COLUMN smallint TO n44;
ALTER TABLE bare RENAME COLUMN substring TO n45;
ALTER TABLE bare RENAME COLUMN time TO n46;
ALTER TABLE bare RENAME COLUMN timestamp TO n47;
ALTER TABLE bare RENAME COLUMN treat TO n48;
ALTER TABLE bare RENAME COLUMN trim TO n49;
ALTER TABLE bare RENAME COLUMN values TO n50;
ALTER TABLE bare RENAME COLUMN varchar TO n51;
ALTER TABLE bare RENAME COLUMN xmlattributes TO n52;
ALTER TABLE bare RENAME COLUMN xmlconcat TO n53;
ALTER TABLE bare RENAME COLUMN xmlelement TO n54;
ALTER TABLE bare RENAME COLUMN xmlexists TO n55;
ALTER TABLE bare RENAME COLUMN xmlforest TO n56;
ALTER TABLE bare RENAME COLUMN xmlnamespaces TO n57;
ALTER TABLE bare RENAME COLUMN xmlparse TO n58;
ALTER TABLE bare RENAME COLUMN xmlpi TO n59;
ALTER TABLE bare RENAME COLUMN xmlroot TO n60;
ALTER TABLE bare RENAME COLUMN xmlserialize TO n61;
ALTER TABLE bare RENAME COLUMN xmltable TO n62;
CREATE TABLE syntax (
  "is" integer, "and" integer, "case" integer, "when" integer, "end" integer, "like" text, "null" integer, "user" text,
  CHECK (CASE WHEN "case" > 0 AND "and" IS NOT NULL THEN "when" ELSE "end" END > "null"), CHECK ("like" LIKE USER OR "user" IS NULL)
);
ALTER TABLE syntax RENAME COLUMN "is" TO a;
ALTER TABLE syntax RENAME COLUMN "and" TO b;
ALTER TABLE syntax RENAME COLUMN "case" TO c;
ALTER TABLE syntax RENAME COLUMN "when" TO d;
ALTER TABLE syntax RENAME COLUMN "end" TO e;
ALTER TABLE syntax RENAME COLUMN "like" TO f;
ALTER TABLE syntax RENAME COLUMN "null" TO g;
ALTER TABLE syntax RENAME COLUMN "user" TO h;
CREATE TABLE typed (date date, "time" time, timestamp timestamp, interval interval, text text, "double" integer, zone text, "varying" text, precision integer, "character" text, without integer, "bit" text, years integer,
  CHECK (date > '2020-01-01'::date), CHECK (timestamp > timestamp '2020-01-01' AND timestamp::timestamp with time zone > now()), CHECK (interval > interval '1 day'),
  CHECK ("double"::double precision > 1), CHECK (text::character varying(3) <> 'x'), CHECK ("time" > time without time zone '12:00'), CHECK (CAST (text AS text) <> ''), CHECK (extract(epoch FROM timestamp) > 1), CHECK (length(zone) > 1), CHECK ("varying" <> ''), CHECK (precision::double precision > 1), CHECK ("character"::character varying(3) <> 'x'), CHECK (without > 0 AND "time"::time without time zone > '12:00'), CHECK ("bit"::bit varying <> '1'::bit(1) AND years > 0));
ALTER TABLE typed RENAME COLUMN precision TO exactly;
ALTER TABLE typed RENAME COLUMN "character" TO letter;
ALTER TABLE typed RENAME COLUMN without TO lacking;
ALTER TABLE typed RENAME COLUMN "bit" TO piece;
ALTER TABLE typed RENAME COLUMN date TO d;
ALTER TABLE typed RENAME COLUMN "time" TO t;
ALTER TABLE typed RENAME COLUMN timestamp TO ts;
ALTER TABLE typed RENAME COLUMN interval TO i;
ALTER TABLE typed RENAME COLUMN text TO words;
ALTER TABLE typed RENAME COLUMN "double" TO twice;
ALTER TABLE typed RENAME COLUMN zone TO where_at;
ALTER TABLE typed RENAME COLUMN "varying" TO varies;
CREATE TYPE "Kind" AS ENUM ('a');
CREATE TABLE odd ("Kind" "Kind", "we ""ird" text, "Über" integer, price$ integer, epoch integer, at timestamp,
  CHECK ("Kind" <> 'a'::"Kind"), CHECK (odd."we ""ird" <> 'we "ird' AND "we ""ird" <> $$we$$), CHECK ("Über" > 0 AND "price$" > 0), CHECK (extract(epoch FROM at) > epoch), CHECK (E'epoch' <> 'a''epoch' /* epoch */));
ALTER TABLE odd RENAME COLUMN "Kind" TO "Sort";
ALTER TABLE odd RENAME COLUMN "we ""ird" TO "still ""odd";
ALTER TABLE odd RENAME COLUMN "Über" TO "Unter";
ALTER TABLE odd RENAME COLUMN price$ TO cost$;
ALTER TABLE odd RENAME COLUMN epoch TO age;
