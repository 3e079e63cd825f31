/**
 * What the stages of the example projects cost; `tsx scripts/example-bills.ts` writes it into their READMEs, and with `--check`
 * it fails where they say something else. Not under Jest, whose catalogue is a fixed one.
 */
import { writeFileSync } from 'node:fs';
import { BILL, billOf, EXAMPLE_PROJECTS, projectFile, projectPage, projectPlan } from '../testing/example-projects';

for (const project of EXAMPLE_PROJECTS) {
  const page = projectPage(project);
  const today = page.replace(/(?<=<!-- bill -->\n)[\s\S]*?(?=<!-- \/bill -->)/, () => billOf(projectPlan(project)));
  if (!BILL.test(today)) throw new Error(`examples/${project}/README.md has no place for the bill`);
  if (!process.argv.includes('--check')) writeFileSync(projectFile(project, 'README.md'), today);
  else if (today !== page) {
    console.error(
      `examples/${project}/README.md is not what the plan says today; "npx tsx scripts/example-bills.ts" writes it`,
    );
    process.exitCode = 1;
  }
}
