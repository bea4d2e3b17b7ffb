import { describe, expect, it } from '@jest/globals';
import * as prettier from 'prettier';
import { formatText, SyntaxProblem, UnknownLanguage } from '../src/prettier.js';

/** A text of each language that prettier knows, not yet formatted. */
const texts: Record<string, string> = {
  'a.js': 'const x = {a:1,\n b:[1,2,3]}; /** doc */ function f( ){return x+`a`}\n',
  'a.mjs': 'import a,{b} from "c"\nexport default ( a ) => b\n',
  'a.jsx': 'const e = <div className="a" >{ x }<b/></div>\n',
  'a.js.flow': '// @flow\ntype A = {| a: ?string |};\n',
  'a.ts': 'enum A{B,C}\nfunction f<T extends A>(x:T):x is B{return true}\n',
  'a.tsx': 'const e=<A<string> b={1 as any}/>;\n',
  'a.css': 'a{color:red;b:url( x )}\n@media (max-width:1px){a{b:c}}\n',
  'a.scss': '@mixin a($b:1){c:$b}\n.d{@include a;&:hover{e:f}}\n',
  'a.less': '.a(@b){c:@b}\n.d{.a(1px);}\n',
  'a.json': '{"a":1,"b":[1,2,{"c":null}]}',
  'package.json': '{"name":"a","version":"1.2.3"}',
  'a.json5': "{a:'b',}",
  'a.md': '# a\n* b\n* c\n\n```js\nlet   x=1\n```\n\n| a | b |\n|-|-|\n| 1 | 22222 |\n',
  'a.mdx': 'import A from "a"\n\n<A  b={1}/>\n',
  'a.yaml': 'a:   1\nb:\n    - c\n    - {d: e}\n# f\n',
  'a.html': '<!doctype html><p>a<b>c</b><script>let   x=1</script><style>a{b:c}</style>\n',
  'a.vue': '<template><a :b="c+d" @e="f()"/></template>\n<script lang="ts">let a:B=1</script>\n',
  'a.component.html': '<a *ngIf="b;else c" [d]="e|f" (g)="h($event)">{{ i+j }}</a>\n',
  'a.hbs': '<div>{{#if a}}{{b}}{{/if}}</div>\n',
  'a.graphql': 'query A($b:Int){c(d:$b){...E}} fragment E on F{g}\n',
};

describe('formatText', () => {
  it.each(Object.entries(texts))('gives what prettier gives: %s', async (filepath, source) => {
    const expected = await prettier.format(source, { filepath });
    expect(await formatText(source, { filepath })).toBe(expected);
    const options = {
      semi: false,
      singleQuote: true,
      printWidth: 20,
      proseWrap: 'always',
    } as const;
    expect(await formatText(source, { filepath, ...options })).toBe(
      await prettier.format(source, { filepath, ...options }),
    );
  });

  it.each(['acorn', 'espree', 'babel', 'babel-flow', 'babel-ts', 'flow', 'meriyah', 'typescript'])(
    'knows the parser %s',
    async (parser) => {
      const source = texts['a.mjs'] as string;
      expect(await formatText(source, { parser })).toBe(await prettier.format(source, { parser }));
    },
  );

  it('has the parsers and languages of prettier', async () => {
    const { languages } = await prettier.getSupportInfo();
    const { plugins } = await import('../src/plugins.js');
    const own = plugins.flatMap((plugin) => plugin.languages ?? []);
    expect(own.map(({ name }) => name).sort()).toEqual(languages.map(({ name }) => name).sort());
    const parsers = new Set(plugins.flatMap((plugin) => Object.keys(plugin.parsers ?? {})));
    expect(
      languages.flatMap((language) => language.parsers).filter((name) => !parsers.has(name)),
    ).toEqual([]);
  });

  it('says where a text is not of its language', async () => {
    const failed = formatText('let x = ;\n', { filepath: 'a.ts' });
    await expect(failed).rejects.toThrow(SyntaxProblem);
    await expect(failed).rejects.toMatchObject({
      message: 'Expression expected.',
      line: 1,
      column: 9,
    });
  });

  it('refuses a file of no known language', async () => {
    await expect(formatText('x', { filepath: 'a.zzz' })).rejects.toThrow(UnknownLanguage);
  });
});
