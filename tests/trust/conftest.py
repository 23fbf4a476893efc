from tests.rules.conftest import example_server, judge_example, project_of_example

__all__ = ["example_server", "judge_example", "project_of_example"]
