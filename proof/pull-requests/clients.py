"""Reads, writes and changes a comment as people's clients do: clients.py SYSTEM URL TEXT OTHER, at a double of that system."""
import sys

TOKEN = "ghs_secret"


def github(url, text, other):
    from github import Auth, Github

    pull = Github(auth=Auth.Token(TOKEN), base_url=url, lazy=True).get_repo("acme/models").get_issue(12)
    list(pull.get_comments())
    pull.create_comment(text).edit(other)


def gitlab(url, text, other):
    from gitlab import Gitlab

    server = Gitlab(url.removesuffix("/api/v4"), private_token=TOKEN)
    notes = server.projects.get(88, lazy=True).mergerequests.get(12, lazy=True).notes
    notes.list(get_all=True)
    note = notes.create({"body": text})
    note.body = other
    note.save()


def bitbucket(url, text, other):
    from atlassian.bitbucket.cloud.repositories.pullRequests import PullRequest
    from atlassian.bitbucket import Cloud

    session = Cloud(url, token=TOKEN, api_root=None, api_version=None)
    link = {"href": f"{url}/repositories/acme/models/pullrequests/12"}
    data = {"type": "pullrequest", "id": 12, "links": {"self": link}}
    pull = PullRequest(data, **session._new_session_args)
    pull.comment(text)
    for comment in pull.comments():
        comment.update(content={"raw": other})


{"github": github, "gitlab": gitlab, "bitbucket": bitbucket}[sys.argv[1]](*sys.argv[2:])
