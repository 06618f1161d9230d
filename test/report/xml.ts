// Reads JUnit XML as its readers do: by a parser that takes nothing but XML 1.0, and by what they have in common.

import { parse, type TestSuites } from 'junit2json';
import { validateXML } from 'xmllint-wasm';

/**
 * What GitLab 18 (doc/ci/testing/unit_test_reports.md) and Jenkins (junit-10.xsd of its xUnit plugin) both read, and no more. `file` is
 * GitLab's; Jenkins' JUnit plugin takes it as well. GitLab drops all but the first of one class and name.
 */
const schema = `<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
  <xs:simpleType name="filled"><xs:restriction base="xs:string"><xs:minLength value="1"/></xs:restriction></xs:simpleType>
  <xs:simpleType name="seconds"><xs:restriction base="xs:string"><xs:pattern value="[0-9]{1,3}(\\.[0-9]+)?"/></xs:restriction></xs:simpleType>
  <xs:complexType name="told"><xs:simpleContent><xs:extension base="filled">
    <xs:attribute name="message" type="filled" use="required"/>
    <xs:attribute name="type" type="filled"/>
  </xs:extension></xs:simpleContent></xs:complexType>
  <xs:element name="testsuites">
    <xs:complexType>
      <xs:sequence><xs:element ref="testsuite" minOccurs="0" maxOccurs="unbounded"/></xs:sequence>
      <xs:attribute name="name" type="filled" use="required"/>
      <xs:attribute name="tests" type="xs:nonNegativeInteger" use="required"/>
      <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
      <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
      <xs:attribute name="time" type="seconds" use="required"/>
    </xs:complexType>
    <xs:unique name="case"><xs:selector xpath="testsuite/testcase"/><xs:field xpath="@classname"/><xs:field xpath="@name"/></xs:unique>
  </xs:element>
  <xs:element name="testsuite"><xs:complexType>
    <xs:sequence><xs:element ref="testcase" maxOccurs="unbounded"/></xs:sequence>
    <xs:attribute name="name" type="filled" use="required"/>
    <xs:attribute name="tests" type="xs:positiveInteger" use="required"/>
    <xs:attribute name="failures" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="errors" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="skipped" type="xs:nonNegativeInteger" use="required"/>
    <xs:attribute name="time" type="seconds" use="required"/>
  </xs:complexType></xs:element>
  <xs:element name="testcase"><xs:complexType>
    <xs:choice minOccurs="0">
      <xs:element name="failure" type="told"/>
      <xs:element name="skipped" type="told"/>
      <xs:element name="system-out" type="filled"/>
    </xs:choice>
    <xs:attribute name="classname" type="filled" use="required"/>
    <xs:attribute name="name" type="filled" use="required"/>
    <xs:attribute name="file" type="filled"/>
    <xs:attribute name="time" type="seconds" use="required"/>
  </xs:complexType></xs:element>
</xs:schema>`;

/** What is wrong with a report. */
export async function xmlErrors(text: string): Promise<string[]> {
  const { errors } = await validateXML({ xml: { fileName: 'junit.xml', contents: text }, schema });
  return errors.map(({ message, loc }) => `${loc?.lineNumber ?? ''}: ${message}`);
}

/** What a reader of JUnit that is not ours makes of a report: each suite with the numbers that it states, and those of its cases. */
export async function suitesOf(text: string): Promise<readonly Suite[]> {
  const { testsuite = [] } = (await parse(text)) as TestSuites;
  return testsuite.map(({ name = '', tests, failures, skipped, testcase: cases = [] }) => ({
    name,
    stated: [tests, failures, skipped],
    counted: [
      cases.length,
      cases.filter((one) => one.failure !== undefined).length,
      cases.filter((one) => one.skipped !== undefined).length,
    ],
    cases: cases.map((one) => one.name ?? ''),
    failed: cases.flatMap(({ failure }) => failure?.map(({ message = '' }) => message) ?? []),
  }));
}

export interface Suite {
  readonly name: string;
  /** Cases, failed ones, skipped ones. */
  readonly stated: readonly (number | undefined)[];
  readonly counted: readonly number[];
  readonly cases: readonly string[];
  /** Messages of the failures. */
  readonly failed: readonly string[];
}

export interface TestCase {
  readonly suite: string;
  readonly name: string;
  readonly file: string | null;
  readonly outcome: 'passed' | 'failure' | 'skipped' | 'system-out';
  /** Of the element inside, as text. */
  readonly content: string;
}

const decoded = (text: string) =>
  text.replace(
    /&(lt|gt|quot|amp|#58);/g,
    (_, name) => ({ lt: '<', gt: '>', quot: '"', amp: '&', '#58': ':' })[String(name)] ?? '',
  );

/** The cases of a valid report. */
export function testCases(text: string): readonly TestCase[] {
  const cases = text.matchAll(
    /<testcase classname="[^".]*\.([^"]*)" name="([^"]*)"(?: file="([^"]*)")? time="0"(?:\/>|>\s*<([a-z-]+)[^>]*>([^<]*)<)/g,
  );
  return [...cases].map(([, suite = '', name = '', file, element = 'passed', content = '']) => ({
    suite,
    name: decoded(name),
    file: file === undefined ? null : decoded(file),
    outcome: element as TestCase['outcome'],
    content: decoded(content),
  }));
}

/** Attributes of the elements of one name. */
export function attributesOf(element: string, text: string): readonly Readonly<Record<string, string>>[] {
  return [...text.matchAll(new RegExp(`<${element} ([^>]*)>`, 'g'))].map(([, attributes = '']) =>
    Object.fromEntries(
      [...attributes.matchAll(/([a-z]+)="([^"]*)"/g)].map(([, key, value]) => [key, decoded(value ?? '')]),
    ),
  );
}
